import type { Queryable } from '#db/client.ts';
import { type AuditAction, type AuditSubject, auditEvents } from '#db/schema/audit.ts';
import type { Member, User } from '#lib/access/member.ts';
import { redactKeys, redactValues } from '#lib/vault/find-keys.ts';

export type Subject = { kind: AuditSubject; id: string };
type Values = Record<string, unknown>;

/** Who acts. `operator` is the command line; `system` is a job, or a link from an email. */
export type Actor = Member | User | 'operator' | 'system';

/**
 * Records an event in the audit log. Call it inside the transaction of the change, so that neither exists without the
 * other. `before` and `after` contain plain values only: never a secret, a digest or a token. Secret keys inside a text are
 * masked.
 */
export async function recordAudit(
  tx: Queryable,
  actor: Actor,
  action: AuditAction,
  subject: Subject,
  change: { before?: Values; after?: Values; teamId?: string } = {},
): Promise<void> {
  const person = typeof actor === 'string' ? null : actor;
  const member = person && 'memberId' in person ? person : null;
  await tx.insert(auditEvents).values({
    teamId: change.teamId ?? member?.teamId ?? null,
    actorUserId: person?.userId ?? null,
    actorMemberId: member?.memberId ?? null,
    actor: person ? redactKeys(`${person.name} <${person.email}>`) : String(actor),
    action,
    subjectKind: subject.kind,
    subjectId: subject.id,
    before: redactValues(change.before) ?? null,
    after: redactValues(change.after) ?? null,
    ip: person?.ip ?? null,
  });
}
