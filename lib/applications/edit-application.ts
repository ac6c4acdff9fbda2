import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { AppId, ApplicationDetails } from './input.ts';

export const EditApplication = z.object({ appId: AppId, ...ApplicationDetails.shape });

/** Changes an application's title and description. */
export async function editApplication(
  { db, member }: { db: Queryable; member: Member },
  { appId, title, description }: z.output<typeof EditApplication>,
): Promise<{ ok: true } | { ok: false; reason: 'not_found' }> {
  authorize(member, 'application.edit');
  const own = and(eq(applications.publicId, appId), eq(applications.teamId, member.teamId));

  return db.transaction(async (tx) => {
    const [before] = await tx
      .select({ title: applications.title, description: applications.description })
      .from(applications)
      .where(own)
      .for('update');
    if (!before) return { ok: false, reason: 'not_found' };

    await tx.update(applications).set({ title, description }).where(own);
    const subject = { kind: 'application' as const, id: appId };
    await recordAudit(tx, member, 'application.edit', subject, { before, after: { title, description } });
    return { ok: true };
  });
}
