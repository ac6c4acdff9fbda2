import { and, eq, gt, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { members, memberVisits } from '#db/schema/teams.ts';
import type { Member, User } from '#lib/access/member.ts';

/**
 * Records that a member opened a page of their team, at most once a minute per session. The team sees it as last activity
 * and sign-ins, so pages outside the team and prefetches must not call it.
 */
export async function recordVisit(db: Queryable, { sessionId }: User, member: Member): Promise<void> {
  const { teamId, memberId } = member;
  const visit = and(eq(memberVisits.memberId, memberId), eq(memberVisits.sessionId, sessionId));
  const recent = and(visit, gt(memberVisits.lastAt, sql`now() - interval '1 minute'`));
  if ((await db.$count(memberVisits, recent)) > 0) return;
  await db.execute(sql`
    with visit as (
      insert into ${memberVisits} (team_id, member_id, session_id) values (${teamId}, ${memberId}, ${sessionId})
      on conflict (member_id, session_id) do update set last_at = now()
      returning first_at, last_at
    )
    update ${members} set last_seen_at = visit.last_at, last_sign_in_at = greatest(last_sign_in_at, visit.first_at)
    from visit where id = ${memberId} and team_id = ${teamId}`);
}
