import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { sessions } from '#db/schema/accounts.ts';
import { members, memberVisits } from '#db/schema/teams.ts';
import { usageRecords } from '#db/schema/usage.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { readMemberActivity } from './read-member-activity.ts';

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

/** A session in which the member opened the team, unless it only visited others. */
async function aSession(db: Db, { userId, teamId, memberId }: Member, at: Date, ip: string, visits = true) {
  const [session] = await db
    .insert(sessions)
    .values({
      ...{ userId, ip, userAgent: 'Firefox/1', tokenDigest: randomBytes(32) },
      ...{ createdAt: at, lastSeenAt: at, expiresAt: at },
    })
    .returning();
  if (visits)
    await db
      .insert(memberVisits)
      .values({ teamId, memberId, sessionId: session!.id, firstAt: at, lastAt: at });
}

test(
  'a manager reads a member’s profile, sign-ins, requests with the own key and changes, newest first',
  withDb(async (db) => {
    const admin = await aMember(db, 'admin');
    const other = await aMember(db, 'member', admin);
    await db
      .update(members)
      .set({ createdAt: hoursAgo(9) })
      .where(eq(members.id, other.memberId));
    await aSession(db, other, hoursAgo(10), '192.0.2.10', false);
    await aSession(db, other, hoursAgo(3), '192.0.2.3');
    await aSession(db, other, hoursAgo(2), '192.0.2.2');
    await aSession(db, admin, hoursAgo(1), '192.0.2.1');
    const app = await anApplication(db, admin);
    const own = await aCredential(db, app, { memberId: other.memberId, name: 'Mine' });
    const call = (memberId: string | null, path: string) => ({
      ...{ id: crypto.randomUUID(), at: new Date(), day: '2026-01-01', method: 'GET', path, clientIp: '' },
      ...{ teamId: admin.teamId, applicationId: app.id, credentialId: own.id, memberId },
      ...{ environment: 'development' as const, outcome: 'answered' as const, status: 200, counted: true },
      nodeId: crypto.randomUUID(),
    });
    await db.insert(usageRecords).values([call(other.memberId, '/mine'), call(null, '/app')]);
    await recordAudit(db, other, 'credential.pause', { kind: 'credential', id: 'a' });
    await recordAudit(db, other, 'credential.resume', { kind: 'credential', id: 'a' });
    await recordAudit(db, admin, 'member.suspend', { kind: 'member', id: other.memberId });

    const activity = await readMemberActivity({ db, member: admin }, other.memberId);

    expect(activity?.profile).toMatchObject({ name: other.name, email: other.email, role: 'member' });
    expect(activity?.signIns.map((one) => one.ip)).toEqual(['192.0.2.2', '192.0.2.3']);
    expect(activity?.calls).toMatchObject([{ path: '/mine', keyName: 'Mine', appTitle: 'Storefront' }]);
    expect(activity?.changes.map((one) => one.action)).toEqual(['credential.resume', 'credential.pause']);
    expect(JSON.stringify(activity)).not.toContain('igest');
  }),
);

test(
  'a member reads only their own activity',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);

    await expect(readMemberActivity({ db, member }, owner.memberId)).rejects.toThrow(Forbidden);
    expect(await readMemberActivity({ db, member }, member.memberId)).toMatchObject({
      profile: { memberId: member.memberId },
    });
  }),
);

test(
  "another team's member looks absent; a removed one keeps the history up to the removal",
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const gone = await aMember(db, 'member', owner);
    const removed = { createdAt: hoursAgo(9), status: 'removed', statusAt: hoursAgo(2) } as const;
    await db.update(members).set(removed).where(eq(members.id, gone.memberId));
    await aSession(db, gone, hoursAgo(3), '192.0.2.3');
    await aSession(db, gone, hoursAgo(1), '192.0.2.1', false);
    const stranger = await aMember(db, 'member');

    expect(await readMemberActivity({ db, member: owner }, stranger.memberId)).toBeNull();
    const activity = await readMemberActivity({ db, member: owner }, gone.memberId);
    expect(activity?.profile.status).toBe('removed');
    expect(activity?.signIns.map((one) => one.ip)).toEqual(['192.0.2.3']);
  }),
);
