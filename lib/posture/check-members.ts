import { and, eq, gte, isNotNull, ne, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { INACTIVE_AFTER_DAYS, idleDays, lastActivityAt, lastKeyUse } from '#lib/members/activity.ts';
import { lastFinishedAt, reviewDueAt } from '#lib/reviews/read-review.ts';
import type { Finding } from './finding.ts';

/** Findings about a team's members and settings. Only managers can see them. */
export async function checkMembers(db: Queryable, member: Member): Promise<Finding[]> {
  const [team, owners, inactive] = await Promise.all([
    readTeam(db, member),
    readOwners(db, member),
    readInactive(db, member),
  ]);
  const about = { subjectId: member.teamId, subject: { type: 'team' } as const };
  const found: Finding[] = [];
  if (!team.requiresTwoFactor)
    found.push({
      ...about,
      kind: 'two_factor_not_required',
      severity: 'medium',
      evidence: [
        `${formatNumber(team.withTwoFactor)} of ${formatCount(team.active, 'active member has', 'active members have')} set it up.`,
      ],
      since: team.createdAt,
      fixes: ['two_factor_settings'],
    });
  for (const owner of owners)
    if (!owner.twoFactor)
      found.push({
        kind: 'owner_without_two_factor',
        severity: 'high',
        subjectId: owner.id,
        subject: { type: 'member', memberId: owner.id, name: owner.name },
        evidence: ['Signs in with only a password. Joined ', owner.since, '.'],
        since: owner.since,
        fixes: [owner.id === member.memberId ? 'own_two_factor' : 'see_member'],
      });
  // A single member has nobody to share ownership with or to review.
  if (owners.length === 1 && team.active > 1)
    found.push({
      ...about,
      kind: 'single_owner',
      severity: 'low',
      evidence: [`${owners[0]!.name} is the only owner among ${formatCount(team.active, 'active member')}.`],
      since: owners[0]!.since,
      fixes: ['see_team'],
    });
  if (team.reviewOverdue && team.present > 1)
    found.push({
      ...about,
      kind: 'review_overdue',
      severity: 'low',
      evidence: [
        ...(team.reviewedAt
          ? ['Last reviewed ', team.reviewedAt, '. The next review']
          : ['The first review']),
        ...[' was due ', team.reviewDueAt, '.'],
      ],
      since: team.reviewDueAt,
      fixes: ['review'],
    });
  for (const person of inactive)
    found.push({
      kind: 'inactive_member',
      severity: person.days >= 90 ? 'high' : person.days >= 60 ? 'medium' : 'low',
      subjectId: person.id,
      subject: { type: 'member', memberId: person.id, name: person.name },
      evidence: person.lastAt
        ? ['Last active ', person.lastAt, `, ${formatCount(person.days, 'day')} ago.`]
        : [`No sign-ins or requests for ${formatCount(person.days, 'day')}.`],
      since: person.lastAt ?? team.createdAt,
      fixes: ['see_member'],
    });
  return found;
}

async function readTeam(db: Queryable, { teamId }: Member) {
  const count = (condition: SQL) => sql<number>`(count(*) filter (where ${condition}))::int`;
  const active = eq(members.status, 'active');
  const [[team], [people]] = await Promise.all([
    db
      .select({
        requiresTwoFactor: teams.requiresTwoFactor,
        createdAt: teams.createdAt,
        reviewDueAt,
        reviewedAt: lastFinishedAt,
        reviewOverdue: sql<boolean>`${reviewDueAt} <= now()`,
      })
      .from(teams)
      .where(eq(teams.id, teamId)),
    db
      .select({
        active: count(active),
        present: count(ne(members.status, 'removed')),
        withTwoFactor: count(sql`${active} and ${isNotNull(users.totpConfirmedAt)}`),
      })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(eq(members.teamId, teamId)),
  ]);
  return { ...team!, ...people! }; // A member always has a team, and an aggregate has one row.
}

function readOwners(db: Queryable, { teamId }: Member) {
  return db
    .select({
      id: members.id,
      name: users.name,
      since: members.createdAt,
      twoFactor: sql<boolean>`${users.totpConfirmedAt} is not null`,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.teamId, teamId), eq(members.role, 'owner'), eq(members.status, 'active')))
    .orderBy(members.id);
}

/** Active members who haven't opened the team or used a key for `INACTIVE_AFTER_DAYS` days: the same rule as My Team. */
function readInactive(db: Queryable, { teamId }: Member) {
  const used = lastKeyUse(db, teamId);
  return db
    .select({ id: members.id, name: users.name, lastAt: lastActivityAt(used), days: idleDays(used) })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .leftJoin(used, eq(used.memberId, members.id))
    .where(
      and(eq(members.teamId, teamId), eq(members.status, 'active'), gte(idleDays(used), INACTIVE_AFTER_DAYS)),
    )
    .orderBy(members.id);
}
