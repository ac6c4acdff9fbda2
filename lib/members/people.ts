import { and, eq, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { outbox } from '#db/schema/mail.ts';
import { invitations, members } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import { idleDays, lastActivityAt, lastKeyUse } from './activity.ts';
import { teamIsFull } from './seats.ts';

type PersonKind = 'member' | 'invitation';
export type PersonStatus = 'active' | 'suspended' | 'pending';
/** Delivery state of an invitation's email. */
type Delivery = 'waiting' | 'sent' | 'failed';
/** Whether an invitation's link works, as its page shows. */
export type LinkState = 'open' | 'expired' | 'team_full';

const today = sql`(now() at time zone 'utc')::date`;

/**
 * The members of a team and the people invited to it, as one table. Only managers see invitations and other members'
 * activity and requests; for anyone else these are null except in their own row.
 */
export function peopleOf(db: Queryable, member: Member) {
  const used = lastKeyUse(db, member.teamId);
  const calls = db
    .select({
      memberId: usageDaily.memberId,
      today: sql<number>`sum(${usageDaily.requests})::int`.as('today'),
    })
    .from(usageDaily)
    .where(and(eq(usageDaily.teamId, member.teamId), eq(usageDaily.day, today)))
    .groupBy(usageDaily.memberId)
    .as('calls');

  const isVisible = can(member, 'member.activity') ? sql`true` : sql`${members.id} = ${member.memberId}`;
  const ifVisible = (value: SQL): SQL => sql`case when ${isVisible} then ${value} end`;
  const days = idleDays(used);

  const joined = db
    .select({
      kind: sql<PersonKind>`'member'`.as('kind'),
      id: sql<string>`${members.id}`.as('id'),
      name: sql<string>`${users.name}`.as('name'),
      email: sql<string>`${users.email}`.as('email'),
      role: members.role,
      status: sql<PersonStatus>`${members.status}::text`.as('status'),
      lastActivityAt: ifVisible(lastActivityAt(used)).mapWith(nullableDate).as('last_activity_at'),
      /** For active members: 90, 60 or 30 if they've been inactive for at least that many days. */
      inactiveDays: ifVisible(sql`case
          when ${members.status} <> 'active' then null
          when ${days} >= 90 then 90
          when ${days} >= 60 then 60
          when ${days} >= 30 then 30 end`)
        .mapWith(nullableNumber)
        .as('inactive_days'),
      requestsToday: ifVisible(sql`coalesce(${calls.today}, 0)`).mapWith(nullableNumber).as('requests_today'),
      delivery: sql<Delivery | null>`null::text`.as('delivery'),
      link: sql<LinkState | null>`null::text`.as('link'),
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .leftJoin(used, eq(used.memberId, members.id))
    .leftJoin(calls, eq(calls.memberId, members.id))
    .where(and(eq(members.teamId, member.teamId), ne(members.status, 'removed')));

  const invited = db
    .select({
      kind: sql<PersonKind>`'invitation'`.as('kind'),
      id: sql<string>`${invitations.id}`.as('id'),
      name: sql<string>`${invitations.name}`.as('name'),
      email: sql<string>`${invitations.email}`.as('email'),
      role: invitations.role,
      status: sql<PersonStatus>`'pending'`.as('status'),
      lastActivityAt: sql`null::timestamptz`.mapWith(nullableDate).as('last_activity_at'),
      inactiveDays: sql`null::int`.mapWith(nullableNumber).as('inactive_days'),
      requestsToday: sql`null::int`.mapWith(nullableNumber).as('requests_today'),
      // An email that is no longer in the outbox was sent: only sent ones are pruned.
      delivery: sql<Delivery | null>`case
        when ${outbox.failedAt} is not null then 'failed'
        when ${outbox.id} is not null and ${outbox.sentAt} is null then 'waiting'
        else 'sent' end`.as('delivery'),
      link: sql<LinkState | null>`case
        when ${invitations.expiresAt} <= now() then 'expired'
        when ${teamIsFull(member.teamId)} then 'team_full'
        else 'open' end`.as('link'),
    })
    .from(invitations)
    .leftJoin(outbox, eq(outbox.id, invitations.mailId))
    .where(
      and(
        eq(invitations.teamId, member.teamId),
        isNull(invitations.acceptedAt),
        isNull(invitations.cancelledAt),
        can(member, 'invitation.manage') ? undefined : sql`false`,
      ),
    );

  return unionAll(joined, invited).as('people');
}

const nullableDate = (value: string | Date | null): Date | null => (value === null ? null : new Date(value));
const nullableNumber = (value: unknown): number | null => (value === null ? null : Number(value));
