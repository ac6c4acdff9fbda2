import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { AppId } from './input.ts';

export const ArchiveApplication = z.object({ appId: AppId });

type Archived = { ok: true; receipt: Receipt } | { ok: false; reason: 'not_found' | 'already_archived' };

/** Archives an application. Once the receipt is returned, all of its keys are rejected until it is restored. */
export async function archiveApplication(
  { db, member }: { db: Queryable; member: Member },
  { appId }: z.output<typeof ArchiveApplication>,
): Promise<Archived> {
  authorize(member, 'application.archive');
  const own = and(eq(applications.publicId, appId), eq(applications.teamId, member.teamId));

  const epoch = await db.transaction(async (tx) => {
    const [row] = await tx
      .update(applications)
      .set({ archivedAt: sql`now()` })
      .where(and(own, isNull(applications.archivedAt)))
      .returning({ id: applications.id });
    if (!row) return null;
    await recordAudit(tx, member, 'application.archive', { kind: 'application', id: appId });
    return raiseEpoch(tx, { kind: 'application', id: row.id });
  });
  if (epoch !== null) return { ok: true, receipt: await confirmEpoch(db, epoch) };

  const exists = (await db.$count(applications, own)) > 0;
  return { ok: false, reason: exists ? 'already_archived' : 'not_found' };
}
