import { and, desc, eq } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { sessions, users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members, memberVisits } from '#db/schema/teams.ts';
import { usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';

/** How many of each kind are listed, newest first. */
export const ACTIVITY_LISTED = 25;

/**
 * One member's activity in the team: sign-ins, recent requests with their own keys, and changes. Other teams' activity
 * isn't included. A removed member's history stays readable. Null if the member isn't in the team.
 */
export async function readMemberActivity(
  { db, member }: { db: Queryable; member: Member },
  memberId: string,
) {
  authorize(member, memberId === member.memberId ? 'member.activity.own' : 'member.activity');
  const [profile] = await db
    .select({
      memberId: members.id,
      userId: members.userId,
      name: users.name,
      email: users.email,
      role: members.role,
      status: members.status,
      joinedAt: members.createdAt,
      statusAt: members.statusAt,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.teamId, member.teamId), eq(members.id, memberId)));
  if (!profile) return null;

  const [signIns, calls, changes] = await Promise.all([
    signInsOf(db, member.teamId, memberId),
    callsOf(db, member.teamId, memberId),
    changesOf(db, member.teamId, memberId),
  ]);
  return { profile, signIns, calls, changes };
}

export type MemberActivity = NonNullable<Awaited<ReturnType<typeof readMemberActivity>>>;

/** Sessions in which the member opened this team, and when. */
function signInsOf(db: Queryable, teamId: string, memberId: string) {
  return db
    .select({
      id: sessions.id,
      at: memberVisits.firstAt,
      lastSeenAt: memberVisits.lastAt,
      ip: sessions.ip,
      userAgent: sessions.userAgent,
    })
    .from(memberVisits)
    .innerJoin(sessions, eq(sessions.id, memberVisits.sessionId))
    .where(and(eq(memberVisits.teamId, teamId), eq(memberVisits.memberId, memberId)))
    .orderBy(desc(memberVisits.firstAt))
    .limit(ACTIVITY_LISTED);
}

function callsOf(db: Queryable, teamId: string, memberId: string) {
  return db
    .select({
      id: usageRecords.id,
      at: usageRecords.at,
      method: usageRecords.method,
      path: usageRecords.path,
      outcome: usageRecords.outcome,
      status: usageRecords.status,
      reason: usageRecords.reason,
      appTitle: applications.title,
      keyName: credentials.name,
    })
    .from(usageRecords)
    .innerJoin(applications, eq(applications.id, usageRecords.applicationId))
    .innerJoin(credentials, eq(credentials.id, usageRecords.credentialId))
    .where(and(eq(usageRecords.teamId, teamId), eq(usageRecords.memberId, memberId)))
    .orderBy(desc(usageRecords.id))
    .limit(ACTIVITY_LISTED);
}

function changesOf(db: Queryable, teamId: string, memberId: string) {
  return db
    .select({
      id: auditEvents.id,
      at: auditEvents.at,
      action: auditEvents.action,
      subjectKind: auditEvents.subjectKind,
      subjectId: auditEvents.subjectId,
      before: auditEvents.before,
      after: auditEvents.after,
    })
    .from(auditEvents)
    .where(and(eq(auditEvents.teamId, teamId), eq(auditEvents.actorMemberId, memberId)))
    .orderBy(desc(auditEvents.id))
    .limit(ACTIVITY_LISTED);
}
