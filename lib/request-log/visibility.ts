import { type SQL, sql } from 'drizzle-orm';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';

/** Whether a member sees only requests of their own keys. */
export const ownRequestsOnly = (member: Member): boolean => !can(member, 'usage.view');

/**
 * The condition on `usage_records` for the requests that a member can see: all of their team, or only those of their
 * own keys. Every query of the request log includes it. `table` is the alias of the table in the query.
 */
export function visibleTo(member: Member, table: SQL = sql`usage_records`): SQL {
  const ofTeam = sql`${table}.team_id = ${member.teamId}::uuid`;
  return ownRequestsOnly(member) ? sql`${ofTeam} and ${table}.member_id = ${member.memberId}::uuid` : ofTeam;
}
