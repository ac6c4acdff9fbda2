import { and, eq, isNotNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { AppId } from './application-input.ts';

export const RestoreApplication = z.object({ appId: AppId });

type Restored = { ok: true } | { ok: false; reason: 'not_found' | 'not_archived' };

/** Takes an archived application up again: those of its keys that are active work as before. */
export async function restoreApplication(
  { db, member }: { db: Queryable; member: Member },
  { appId }: z.output<typeof RestoreApplication>,
): Promise<Restored> {
  authorize(member, 'application.archive');
  const own = and(eq(applications.publicId, appId), eq(applications.teamId, member.teamId));

  return db.transaction(async (tx) => {
    const [row] = await tx
      .update(applications)
      .set({ archivedAt: null })
      .where(and(own, isNotNull(applications.archivedAt)))
      .returning({ id: applications.id });
    if (!row) {
      const exists = (await tx.$count(applications, own)) > 0;
      return { ok: false, reason: exists ? 'not_archived' : 'not_found' };
    }
    await recordAudit(tx, member, 'application.restore', { kind: 'application', id: appId });
    // Nothing to wait for, but gateways still remember the application as archived.
    await raiseEpoch(tx, { kind: 'application', id: row.id });
    return { ok: true };
  });
}
