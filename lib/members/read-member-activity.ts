import { and, desc, eq, gte, lte } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { sessions, users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';

/** Of each kind, the newest. */
const SHOWN = 25;

/**
 * What one member did: when and from where he signed in, the last calls of his own key, and what he changed in
 * the team. A removed member's history stays readable. Null for nobody of the team.
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

  const { userId, ...shown } = profile;
  const until = profile.status === 'removed' ? profile.statusAt : null;
  const [signIns, calls, changes] = await Promise.all([
    signInsOf(db, userId, profile.joinedAt, until),
    callsOf(db, member.teamId, memberId),
    changesOf(db, member.teamId, memberId),
  ]);
  return { profile: shown, signIns, calls, changes };
}

export type MemberActivity = NonNullable<Awaited<ReturnType<typeof readMemberActivity>>>;

/** Of the time in the team only: what a person does before and afterwards is nobody's business here. */
function signInsOf(db: Queryable, userId: string, from: Date, until: Date | null) {
  return db
    .select({
      id: sessions.id,
      at: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      ip: sessions.ip,
      userAgent: sessions.userAgent,
    })
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, userId),
        gte(sessions.lastSeenAt, from),
        until ? lte(sessions.createdAt, until) : undefined,
      ),
    )
    .orderBy(desc(sessions.createdAt))
    .limit(SHOWN);
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
    .limit(SHOWN);
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
    .limit(SHOWN);
}
