import { and, eq, type SQL } from 'drizzle-orm';
import { credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { type Action, authorize, can } from '#lib/access/permissions.ts';

/** Actions that a role can have for its own keys only. */
type Ownable = { [A in Action]: `${A}.own` extends Action ? A : never }[Action];

/**
 * The credentials that an actor can act on, as the condition of every query: all of the team's, or only the actor's
 * own, depending on their role. Throws `Forbidden`.
 */
export function credentialScope(member: Member, action: Ownable): SQL | undefined {
  const all = can(member, action);
  if (!all) authorize(member, `${action}.own`);
  return and(
    eq(credentials.teamId, member.teamId),
    all ? undefined : eq(credentials.memberId, member.memberId),
  );
}
