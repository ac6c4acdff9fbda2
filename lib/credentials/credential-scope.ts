import { and, eq, type SQL } from 'drizzle-orm';
import { credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { type Action, authorize, can } from '#lib/access/permissions.ts';

/** Actions that a role may have for its own keys only. */
type Ownable = { [A in Action]: `${A}.own` extends Action ? A : never }[Action];

/**
 * The credentials an actor may do something with, as the condition every query carries: those of his team, or
 * of these his own where his role reaches no further. Throws `Forbidden`.
 */
export function reach(member: Member, action: Ownable): SQL | undefined {
  const all = can(member, action);
  if (!all) authorize(member, `${action}.own`);
  return and(
    eq(credentials.teamId, member.teamId),
    all ? undefined : eq(credentials.memberId, member.memberId),
  );
}
