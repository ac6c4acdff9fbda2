import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { findingDismissals } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { plainText } from '#lib/access/text.ts';
import { recordAudit, type Subject } from '#lib/audit/record.ts';
import type { Finding } from './finding.ts';
import { findAll } from './read-posture.ts';
import { FINDING_KINDS, ruleOf } from './rules.ts';

export const OneFinding = z.object({ kind: z.enum(FINDING_KINDS), subjectId: z.uuid() });

export const DismissFinding = OneFinding.extend({
  days: z.enum(['30', '90'], { error: 'Choose 30 or 90 days.' }).transform(Number),
  note: plainText('note', { max: 300 }),
});

type Dismissed = { ok: true } | { ok: false; reason: 'not_found' | 'must_fix' };

/** Dismisses a finding for some days, with a note. It reappears if it isn't resolved by then. */
export async function dismissFinding(
  { db, member }: { db: Queryable; member: Member },
  { kind, subjectId, days, note }: z.output<typeof DismissFinding>,
): Promise<Dismissed> {
  authorize(member, 'posture.dismiss');
  const finding = (await findAll(db, member)).find((one) => one.kind === kind && one.subjectId === subjectId);
  if (!finding) return { ok: false, reason: 'not_found' };
  if (ruleOf(kind).mustFix) return { ok: false, reason: 'must_fix' };

  const until = sql`now() + make_interval(hours => ${days * 24})`;
  await db.transaction(async (tx) => {
    const values = { dismissedBy: member.memberId, dismissedAt: sql`now()`, until, note };
    await tx
      .insert(findingDismissals)
      .values({ teamId: member.teamId, kind, subjectId, ...values })
      .onConflictDoUpdate({
        target: [findingDismissals.teamId, findingDismissals.kind, findingDismissals.subjectId],
        set: values,
      });
    const after = { finding: ruleOf(kind).title, days, note };
    await recordAudit(tx, member, 'finding.dismiss', auditSubject(finding, member), { after });
  });
  return { ok: true };
}

/** The subject of a finding in the audit log. */
export function auditSubject({ subject }: Pick<Finding, 'subject'>, { teamId }: Member): Subject {
  if (subject.type === 'key') return { kind: 'credential', id: subject.keyId };
  return subject.type === 'member' ? { kind: 'member', id: subject.memberId } : { kind: 'team', id: teamId };
}
