import { expect, test } from 'vitest';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam } from '#tests/support/factories.ts';
import { aDay } from '#tests/support/usage-rows.ts';
import { readAppUsage } from './read-app-usage.ts';

const total = (days: { requests: number }[]) => days.reduce((sum, day) => sum + day.requests, 0);

test(
  'thirty days without gaps, sums by key for ever, and what is left of the day',
  withDb(async (db) => {
    const member = await aMember(db, 'owner', await aTeam(db, { dailyQuota: 500 }));
    const app = await anApplication(db, member);
    const key = await aCredential(db, app, { name: 'first' });
    const unused = await aCredential(db, app, { name: 'unused' });
    await aDay(db, key, 0, { requests: 10, errors: 2, refused: 3 });
    await aDay(db, key, 29, { requests: 5 });
    await aDay(db, key, 30, { requests: 900 });
    const sibling = await aCredential(db, await anApplication(db, member));
    await aDay(db, sibling, 0, { requests: 40 });

    const usage = await readAppUsage({ db, member }, { appId: app.publicId });

    expect(usage.days).toHaveLength(30);
    expect(usage.days.at(-1)).toMatchObject({ requests: 10, errors: 2, refused: 3 });
    expect(usage.days[0]).toMatchObject({ requests: 5, errors: 0, refused: 0 });
    expect(total(usage.days)).toBe(15);
    const gaps = usage.days.slice(1).map((day, i) => Date.parse(day.day) - Date.parse(usage.days[i]!.day));
    expect(new Set(gaps)).toEqual(new Set([86_400_000]));
    expect(usage.keys).toMatchObject([
      { keyId: key.keyId, requests: 915, errors: 2, refused: 3, lastAt: expect.any(String) },
      { keyId: unused.keyId, requests: 0, errors: 0, refused: 0, lastAt: null },
    ]);
    // The quota is the team's: calls of its other apps draw on it too.
    expect(usage.limit).toEqual({ dailyQuota: 500, usedToday: 50 });
  }),
);

test(
  "another team's app has no keys and no calls",
  withDb(async (db) => {
    const app = await anApplication(db, await aMember(db, 'owner'));
    await aDay(db, await aCredential(db, app), 0, { requests: 10 });
    const member = await aMember(db, 'owner');

    const usage = await readAppUsage({ db, member }, { appId: app.publicId });

    expect(usage.keys).toEqual([]);
    expect(total(usage.days)).toBe(0);
    expect(usage.limit.usedToday).toBe(0);
  }),
);

test(
  'a member sees the sums of his own keys; the quota is everybody\u2019s',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const app = await anApplication(db, owner);
    await aDay(db, await aCredential(db, app), 0, { requests: 10 });
    const own = await aCredential(db, app, { memberId: member.memberId });
    await aDay(db, own, 0, { requests: 3 });

    const usage = await readAppUsage({ db, member }, { appId: app.publicId });

    expect(usage.keys.map((key) => key.keyId)).toEqual([own.keyId]);
    expect(total(usage.days)).toBe(3);
    expect(usage.limit.usedToday).toBe(13);
    expect(total((await readAppUsage({ db, member: owner }, { appId: app.publicId })).days)).toBe(13);
  }),
);
