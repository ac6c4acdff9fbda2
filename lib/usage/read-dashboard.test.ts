import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { invitations, members, teams } from '#db/schema/teams.ts';
import { usageDaily, usageRecords } from '#db/schema/usage.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { readDashboard } from './read-dashboard.ts';

type Key = { id: string; teamId: string; applicationId: string; memberId?: string | null };

async function aDay(db: Db, key: Key, daysAgo: number, requests: number, errors: number, refused = 0) {
  await db.insert(usageDaily).values({
    teamId: key.teamId,
    applicationId: key.applicationId,
    credentialId: key.id,
    memberId: key.memberId ?? null,
    day: sql`(now() at time zone 'utc')::date - ${daysAgo}::int`,
    requests,
    errors,
    refused,
    lastAt: new Date(),
  });
}

async function aCall(db: Db, key: Key, path: string) {
  await db.insert(usageRecords).values({
    id: v7(),
    at: new Date(),
    day: '2026-01-01',
    teamId: key.teamId,
    applicationId: key.applicationId,
    credentialId: key.id,
    memberId: key.memberId ?? null,
    environment: 'development',
    method: 'GET',
    path,
    outcome: 'answered',
    status: 200,
    counted: true,
    latencyMs: 12.5,
    clientIp: '192.0.2.7',
    nodeId: v7(),
  });
}

test(
  'managers see the data of the whole team, members their own',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const app = await anApplication(db, owner);
    const teamKey = await aCredential(db, app, { environment: 'production' });
    const ownKey = await aCredential(db, app, { memberId: member.memberId });
    await aDay(db, teamKey, 0, 100, 10, 3);
    await aDay(db, ownKey, 0, 7, 1);
    await aDay(db, teamKey, 29, 5, 0);
    await aDay(db, teamKey, 30, 900, 0);
    for (const path of ['/1', '/2', '/3', '/4', '/5', '/6']) await aCall(db, teamKey, path);
    await aCall(db, ownKey, '/own');

    const whole = await readDashboard({ db, member: owner });
    expect(whole.ownOnly).toBe(false);
    expect(whole.days).toHaveLength(30);
    expect(whole.days.at(-1)).toMatchObject({ requests: 107, errors: 11, refused: 3 });
    expect(whole.days[0]).toMatchObject({ requests: 5 });
    expect(whole.days.reduce((sum, day) => sum + day.requests, 0)).toBe(112);
    expect(whole.keys).toMatchObject({ live: 2, firstProductionAt: teamKey.createdAt });
    expect(whole.latest.map((call) => call.path)).toEqual(['/own', '/6', '/5', '/4', '/3']);
    expect(whole.people).toEqual({ active: 2, invitedAt: expect.any(Date), rolesAt: expect.any(Date) });

    const own = await readDashboard({ db, member });
    expect(own.ownOnly).toBe(true);
    expect(own.days.at(-1)).toMatchObject({ requests: 7, errors: 1, refused: 0 });
    expect(own.keys).toMatchObject({ live: 1, firstProductionAt: null, lastCreatedAt: ownKey.createdAt });
    expect(own.latest.map((call) => call.path)).toEqual(['/own']);
  }),
);

test(
  "another team's requests aren't counted, and a new team has zeros and no dates",
  withDb(async (db) => {
    const busy = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, busy));
    await aDay(db, key, 0, 50, 50);
    await aCall(db, key, '/theirs');
    const member = await aMember(db, 'owner');
    await anApplication(db, member, { isDefault: true });

    const board = await readDashboard({ db, member });

    expect(board.days.map((day) => day.requests)).toEqual(Array(30).fill(0));
    expect(board).toMatchObject({
      apps: { count: 0, firstMadeAt: null },
      keys: { live: 0, lastCreatedAt: null, firstDevelopmentAt: null, firstProductionAt: null },
      calls: { firstDay: null, firstSuccessDay: null, keptDay: null },
      guidelines: { setAt: null, toConfirm: false },
      people: { active: 1, invitedAt: null, rolesAt: null },
      latest: [],
    });
  }),
);

test(
  'the days are consecutive and end with the current UTC day of the database',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const [clock] = await db.execute<{ day: string }>(
      sql`select (now() at time zone 'utc')::date::text as day`,
    );

    const { days } = await readDashboard({ db, member });

    expect(days.at(-1)?.day).toBe(clock?.day);
    const gaps = days.slice(1).map((day, i) => Date.parse(day.day) - Date.parse(days[i]!.day));
    expect(new Set(gaps)).toEqual(new Set([86_400_000]));
  }),
);

test(
  'checklist steps have dates only if the data has them',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const standard = await anApplication(db, member, { isDefault: true });
    const archived = await anApplication(db, member, { archivedAt: new Date() });
    const revoked = await aCredential(db, standard, { status: 'revoked', revokedAt: new Date() });
    await aCredential(db, standard, { expiresAt: new Date(Date.now() - 1000), environment: 'staging' });
    await aDay(db, revoked, 3, 4, 4);
    await aDay(db, revoked, 2, 4, 3);

    const board = await readDashboard({ db, member });

    expect(board.apps).toEqual({ count: 1, firstMadeAt: archived.createdAt });
    expect(board.keys).toMatchObject({
      live: 0,
      firstDevelopmentAt: revoked.createdAt,
      firstProductionAt: null,
    });
    expect(board.calls).toEqual({
      firstDay: board.days.at(-4)?.day,
      firstSuccessDay: board.days.at(-3)?.day,
      keptDay: null,
    });
    const [team] = await db.select({ at: teams.createdAt }).from(teams).limit(1);
    expect(board.team.createdAt).toEqual(team?.at);
  }),
);

test(
  'a key counts as stored once it has succeeded on a second day, unless it was revoked since',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const app = await anApplication(db, owner);
    const key = await aCredential(db, app);
    const other = await aCredential(db, app);
    const revoked = await aCredential(db, app, { status: 'revoked', revokedAt: new Date() });
    for (const back of [9, 8]) await aDay(db, revoked, back, 5, 0);
    await aDay(db, key, 7, 5, 5);
    await aDay(db, key, 6, 5, 0);
    await aDay(db, other, 5, 5, 0);
    const keptDay = async (who = owner) => (await readDashboard({ db, member: who })).calls.keptDay;
    expect(await keptDay()).toBeNull();

    await aDay(db, key, 3, 5, 4);
    await aDay(db, key, 2, 5, 4);

    expect(await keptDay()).toBe((await readDashboard({ db, member: owner })).days.at(-4)?.day);
    expect(await keptDay(member)).toBeNull();
  }),
);

test(
  'the team checklist knows the first invitation, the first role change, and the guidelines to confirm',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    await aMember(db, 'member', await aMember(db, 'owner'));
    const read = () => readDashboard({ db, member: owner });
    const createdAt = new Date('2026-02-03T04:05:06Z');
    await db.insert(invitations).values({
      ...{ teamId: owner.teamId, email: 'ada@example.com', name: 'Ada', role: 'member', createdAt },
      ...{ invitedBy: owner.memberId, tokenDigest: new Uint8Array(32), expiresAt: new Date() },
    });
    expect((await read()).people).toEqual({ active: 1, invitedAt: createdAt, rolesAt: null });

    await recordAudit(db, owner, 'member.change_role', { kind: 'member', id: owner.memberId });
    expect((await read()).people.rolesAt).toBeInstanceOf(Date);

    const guidelinesAt = new Date('2026-03-01T00:00:00Z');
    await db.update(teams).set({ guidelines: 'Text', guidelinesAt }).where(eq(teams.id, owner.teamId));
    expect((await read()).guidelines).toEqual({ setAt: guidelinesAt, toConfirm: true });
    await db.update(members).set({ guidelinesConfirmedAt: guidelinesAt });
    expect((await read()).guidelines).toEqual({ setAt: guidelinesAt, toConfirm: false });
  }),
);
