import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { hasRoom } from './app-capacity.ts';
import { AppId } from './input.ts';

export const RestoreApplication = z.object({ appId: AppId });

type Restored = { ok: true } | { ok: false; reason: 'not_found' | 'not_archived' | 'no_room' };

/** Restores an archived application. Its active keys work again. */
export async function restoreApplication(
  { db, member }: { db: Queryable; member: Member },
  { appId }: z.output<typeof RestoreApplication>,
): Promise<Restored> {
  authorize(member, 'application.archive');
  const own = and(eq(applications.publicId, appId), eq(applications.teamId, member.teamId));

  return db.transaction(async (tx) => {
    const room = await hasRoom(tx, member.teamId);
    const [row] = await tx
      .select({ id: applications.id, isDefault: applications.isDefault, archivedAt: applications.archivedAt })
      .from(applications)
      .where(own)
      .for('no key update');
    if (!row) return { ok: false, reason: 'not_found' };
    if (!row.archivedAt) return { ok: false, reason: 'not_archived' };
    if (!room && !row.isDefault) return { ok: false, reason: 'no_room' };

    await tx.update(applications).set({ archivedAt: null }).where(own);
    await recordAudit(tx, member, 'application.restore', { kind: 'application', id: appId });
    // Nothing to wait for, but gateways have the application cached as archived.
    await raiseEpoch(tx, { kind: 'application', id: row.id });
    return { ok: true };
  });
}
