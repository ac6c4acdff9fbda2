import { and, eq, gt, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { findingDismissals } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { auditSubject, type OneFinding } from './dismiss-finding.ts';
import { findAll } from './read-posture.ts';
import { ruleOf } from './rules.ts';

type Restored = { ok: true } | { ok: false; reason: 'not_found' };

/** Ends the dismissal of a finding early. */
export async function restoreFinding(
  { db, member }: { db: Queryable; member: Member },
  { kind, subjectId }: z.output<typeof OneFinding>,
): Promise<Restored> {
  authorize(member, 'posture.dismiss');
  const finding = (await findAll(db, member)).find((one) => one.kind === kind && one.subjectId === subjectId);
  if (!finding) return { ok: false, reason: 'not_found' };

  return db.transaction(async (tx) => {
    const [row] = await tx
      .delete(findingDismissals)
      .where(
        and(
          eq(findingDismissals.teamId, member.teamId),
          eq(findingDismissals.kind, kind),
          eq(findingDismissals.subjectId, subjectId),
          gt(findingDismissals.until, sql`now()`),
        ),
      )
      .returning({ note: findingDismissals.note });
    if (!row) return { ok: false, reason: 'not_found' };
    const before = { finding: ruleOf(kind).title, note: row.note };
    await recordAudit(tx, member, 'finding.restore', auditSubject(finding, member), { before });
    return { ok: true };
  });
}
