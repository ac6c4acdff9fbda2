import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { members, teams } from '#db/schema/teams.ts';
import { usageHours, usageReconciliations } from '#db/schema/usage.ts';
import { readDifferences } from '#lib/metering/read-differences.ts';
import { readReconciliation } from '#lib/metering/read-reconciliation.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam } from '#tests/support/factories.ts';
import { anOperator } from '#tests/support/plans.ts';
import { aDay } from '#tests/support/usage-rows.ts';
import { aMinute } from '#tests/support/usage-sums.ts';
import { readUsageChoices } from './read-usage-choices.ts';
import { readUsageLimits } from './read-usage-limits.ts';

const HOUR = 3_600_000;
/** Noon of today in UTC, because the database's clock decides what is used today. */
const noon = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000 + 12 * HOUR);

async function aTeamWithKeys(db: Db) {
  const owner = await aMember(db, 'owner', await aTeam(db, { dailyQuota: 1_000 }));
  const person = await aMember(db, 'member', owner);
  const app = await anApplication(db, owner);
  const key = await aCredential(db, app);
  const ownKey = await aCredential(db, app, { memberId: person.memberId, environment: 'production' });
  return { owner, person, app, key, ownKey };
}
const kinds = (limits: { kind: string; limit: number; used: number; left: number }[]) =>
  limits.map(({ kind, limit, used, left }) => [kind, limit, used, left]);

test(
  'the limits of a scope are listed most specific first, with the remaining requests today',
  withDb(async (db) => {
    const { owner, person, app, key, ownKey } = await aTeamWithKeys(db);
    await aDay(db, key, 0, { requests: 100 });
    await aDay(db, ownKey, 0, { requests: 30 });
    await aDay(db, key, 1, { requests: 999 });
    await db.update(members).set({ dailyCap: 40 });
    await db.update(applications).set({ dailyCap: 125 });
    await db.update(teams).set({ productionReserve: 200 });
    await db.execute(sql`update credentials set daily_limit = 150 where id = ${key.id}`);
    const read = async (scope: Parameters<typeof readUsageLimits>[1]['scope'], member = owner) =>
      kinds((await readUsageLimits({ db, member }, { scope, now: noon }))!.limits);
    const team = ['team', 1_000, 130, 870];

    expect(await read({})).toEqual([['non_production', 800, 100, 700], team]);
    expect(await read({ environment: 'production' })).toEqual([team]);
    expect(await read({ key: key.keyId })).toEqual([
      ['credential', 150, 100, 50],
      ['application', 125, 130, 0],
      ['non_production', 800, 100, 700],
      team,
    ]);
    expect(await read({ app: app.publicId })).toEqual([
      ['application', 125, 130, 0],
      ['non_production', 800, 100, 700],
      team,
    ]);
    expect(await read({ member: person.memberId })).toContainEqual(['member', 40, 30, 10]);
    // A member's own limit is always included.
    expect(await read({}, person)).toContainEqual(['member', 40, 30, 10]);
  }),
);

test(
  'the forecast uses the last hour and the hours of previous days, for the requests that count toward the limit',
  withDb(async (db) => {
    const { owner, key, ownKey } = await aTeamWithKeys(db);
    await aDay(db, key, 0, { requests: 400 });
    const at = (await readUsageLimits({ db, member: owner }, { scope: {}, now: noon }))!.limits[0]!;
    expect(at.forecast).toEqual({ runsOutAt: null, expected: 0 });

    await aMinute(db, key, noon, 10, { calls: 150, counted: 150 });
    await aMinute(db, ownKey, noon, 20, { calls: 50, counted: 50 });
    await aMinute(db, key, noon, 61, { calls: 9_000, counted: 9_000 });
    const [team] = (await readUsageLimits({ db, member: owner }, { scope: {}, now: noon }))!.limits;
    expect(team!.forecast.runsOutAt).toEqual(new Date(+noon + 3 * HOUR));

    // Two previous days, one of them without requests: 600 requests remain, and 100 per hour are usual.
    for (const [day, counted] of [
      [1, 200],
      [2, 0],
    ] as const)
      for (let hour = 12; hour < 24; hour++)
        await db.insert(usageHours).values({
          ...{ bucket: new Date(+noon - day * 24 * HOUR + (hour - 12) * HOUR), teamId: owner.teamId },
          ...{ applicationId: key.applicationId, credentialId: key.id, environment: 'development' },
          ...{ outcome: 'answered', calls: counted, counted, errors: 0, refused: 0 },
          ...{ bytesIn: 0, bytesOut: 0, latency: '0' },
        });
    const [slower] = (await readUsageLimits({ db, member: owner }, { scope: {}, now: noon }))!.limits;
    expect(+slower!.forecast.runsOutAt!).toBeGreaterThan(+noon + 4 * HOUR);
    expect(+slower!.forecast.runsOutAt!).toBeLessThan(+noon + 6 * HOUR);
  }),
);

test(
  'limits of unknown or hidden keys and members are absent',
  withDb(async (db) => {
    const { person, key } = await aTeamWithKeys(db);
    const other = await aTeamWithKeys(db);
    const absent = (member: typeof person, scope: Parameters<typeof readUsageLimits>[1]['scope']) =>
      readUsageLimits({ db, member }, { scope });

    expect(await absent(person, { key: key.keyId })).toBeNull();
    expect(await absent(other.owner, { key: key.keyId })).toBeNull();
    expect(await absent(other.owner, { member: person.memberId })).toBeNull();
  }),
);

test(
  'managers choose among all keys of the team, members among their own',
  withDb(async (db) => {
    const { owner, person, app, ownKey } = await aTeamWithKeys(db);
    const other = await aTeamWithKeys(db);
    const all = await readUsageChoices({ db, member: owner });
    const own = await readUsageChoices({ db, member: person });

    expect(all.app.map(({ value }) => value)).toEqual([app.publicId]);
    expect(all.key).toHaveLength(2);
    expect(all.member.map(({ value }) => value).sort()).toEqual([owner.memberId, person.memberId].sort());
    expect(own.key).toEqual([
      { value: ownKey.keyId, label: expect.stringContaining(`(${ownKey.keyId.slice(0, 6)}…)`) },
    ]);
    expect(own.member).toEqual([]);
    expect(JSON.stringify(all)).not.toContain(other.key.keyId);
  }),
);

test(
  'the latest reconciliation is the team’s own, and only managers see it',
  withDb(async (db) => {
    const { owner, person } = await aTeamWithKeys(db);
    expect(await readReconciliation({ db, member: owner })).toBeNull();
    const row = (day: string, teamId: string, difference: number) => ({
      ...{ day, teamId, difference, reserved: 5, held: 0, days: 5, daily: 5, details: [] },
      checkedAt: noon,
    });
    const other = await aTeam(db);
    await db
      .insert(usageReconciliations)
      .values([row('2026-05-01', owner.teamId, 3), row('2026-05-02', owner.teamId, 0)]);
    await db.insert(usageReconciliations).values(row('2026-05-03', other.teamId, 7));

    expect(await readReconciliation({ db, member: owner })).toMatchObject({
      ...{ day: '2026-05-02', difference: 0, checkedAt: noon },
    });
    await expect(readReconciliation({ db, member: person })).rejects.toThrow('usage.view');

    const operator = await anOperator(db);
    const { found, ...sums } = await readDifferences({ db, operator });
    expect(sums).toEqual({ lastCheck: noon, compared: 3, differing: 2 });
    expect(found.map(({ day, difference }) => [day, difference])).toEqual([
      ['2026-05-03', 7],
      ['2026-05-01', 3],
    ]);
  }),
);
