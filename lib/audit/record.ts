import type { Queryable } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import type { Member, User } from '#lib/access/member.ts';
import { redactKeys, redactValues } from '#lib/vault/find-keys.ts';

export type Subject = { kind: string; id: string };
type Values = Record<string, unknown>;

/** Who acts when no member does. */
export type Actor = Member | User | 'operator' | 'system';

/**
 * Writes one line of the audit trail. Call it inside the transaction of the change, so that neither exists
 * without the other. `before` and `after` hold plain values only: never a secret, a digest or a token. Secret keys
 * that come along in a text are masked all the same.
 */
export async function recordAudit(
  tx: Queryable,
  actor: Actor,
  action: string,
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
