import { and, eq, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Queryable } from '#db/client.ts';
import { sessions, users } from '#db/schema/accounts.ts';
import { credentials } from '#db/schema/credentials.ts';
import { outbox } from '#db/schema/mail.ts';
import { invitations, members } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';

type PersonKind = 'member' | 'invitation';
export type PersonStatus = 'active' | 'suspended' | 'pending';
/** How far the invitation's mail has come. */
type Delivery = 'waiting' | 'sent' | 'failed';

const today = sql`(now() at time zone 'utc')::date`;

/**
 * The members of a team and those asked to join, as one table. Only managers see the invitations, and when others
 * were active and how much they called; for anybody else these are null but in his own row.
 */
export function peopleOf(db: Queryable, member: Member) {
  const seen = db
    .select({
      userId: sessions.userId,
      at: sql`max(${sessions.lastSeenAt})`.mapWith(sessions.lastSeenAt).as('seen_at'),
    })
    .from(sessions)
    .innerJoin(members, and(eq(members.userId, sessions.userId), eq(members.teamId, member.teamId)))
    .groupBy(sessions.userId)
    .as('seen');
  const used = db
    .select({
      memberId: sql<string>`coalesce(${credentials.memberId}, ${credentials.createdBy})`.as('used_by'),
      at: sql`max(${usageDaily.lastUsedAt})`.mapWith(usageDaily.lastUsedAt).as('used_at'),
      today:
        sql<number>`coalesce(sum(${usageDaily.requests}) filter (where ${usageDaily.memberId} is not null and ${usageDaily.day} = ${today}), 0)::int`.as(
          'today',
        ),
    })
    .from(usageDaily)
    .innerJoin(
      credentials,
      and(eq(credentials.teamId, usageDaily.teamId), eq(credentials.id, usageDaily.credentialId)),
    )
    .where(eq(usageDaily.teamId, member.teamId))
    .groupBy(sql`coalesce(${credentials.memberId}, ${credentials.createdBy})`)
    .as('used');

  const mayKnow = can(member, 'member.activity') ? sql`true` : sql`${members.id} = ${member.memberId}`;
  const shown = (value: SQL): SQL => sql`case when ${mayKnow} then ${value} end`;
  const lastActivity = sql`greatest(${seen.at}, ${used.at})`;
  const idle = sql`now() - coalesce(${lastActivity}, ${members.createdAt})`;

  const joined = db
    .select({
      kind: sql<PersonKind>`'member'`.as('kind'),
      id: sql<string>`${members.id}`.as('id'),
      name: sql<string>`${users.name}`.as('name'),
      email: sql<string>`${users.email}`.as('email'),
      role: members.role,
      status: sql<PersonStatus>`${members.status}::text`.as('status'),
      lastActivityAt: shown(lastActivity).mapWith(nullableDate).as('last_activity_at'),
      /** Whole days without any sign-in or call, of active members: 30, 60 or 90 when at least that many. */
      inactiveDays: shown(sql`case
          when ${members.status} <> 'active' then null
          when ${idle} >= interval '90 days' then 90
          when ${idle} >= interval '60 days' then 60
          when ${idle} >= interval '30 days' then 30 end`)
        .mapWith(nullableNumber)
        .as('inactive_days'),
      requestsToday: shown(sql`coalesce(${used.today}, 0)`).mapWith(nullableNumber).as('requests_today'),
      delivery: sql<Delivery | null>`null::text`.as('delivery'),
      expired: sql<boolean>`false`.as('expired'),
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .leftJoin(seen, eq(seen.userId, members.userId))
    .leftJoin(used, eq(used.memberId, members.id))
    .where(and(eq(members.teamId, member.teamId), ne(members.status, 'removed')));

  const asked = db
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
      // A mail that is no longer queued was sent: only those are ever cleared away.
      delivery: sql<Delivery | null>`case
        when ${outbox.failedAt} is not null then 'failed'
        when ${outbox.id} is not null and ${outbox.sentAt} is null then 'waiting'
        else 'sent' end`.as('delivery'),
      expired: sql<boolean>`${invitations.expiresAt} <= now()`.as('expired'),
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

  return unionAll(joined, asked).as('people');
}

const nullableDate = (value: string | Date | null): Date | null => (value === null ? null : new Date(value));
const nullableNumber = (value: unknown): number | null => (value === null ? null : Number(value));
