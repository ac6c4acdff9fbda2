import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { teams } from '#db/schema/teams.ts';
import { asOperator } from '#lib/access/operator.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aTeam, aUser } from '#tests/support/factories.ts';
import { SetDailyQuota, setDailyQuota } from './set-daily-quota.ts';

const anOperator = async (db: Db) => asOperator(await aUser(db, { isOperator: true }))!;
const quotaOf = async (db: Db, teamId: string) =>
  (await db.select().from(teams).where(eq(teams.id, teamId)))[0]?.dailyQuota;
const epoch = async (db: Db) => Number((await db.select().from(accessEpoch))[0]?.epoch);

test(
  'the quota changes, is announced to the gateways, and is audited in the team',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const { teamId } = await aTeam(db, { dailyQuota: 10 });
    const other = await aTeam(db, { dailyQuota: 10 });
    const before = await epoch(db);

    expect(await setDailyQuota({ db, operator }, { teamId, dailyQuota: 0 })).toEqual({ ok: true });

    expect(await quotaOf(db, teamId)).toBe(0);
    expect(await quotaOf(db, other.teamId)).toBe(10);
    expect(await epoch(db)).toBe(before + 1);
    expect(await auditTrail(db)).toMatchObject([
      {
        ...{ action: 'team.set_quota', teamId, actorUserId: operator.userId },
        ...{ before: { dailyQuota: 10 }, after: { dailyQuota: 0 } },
      },
    ]);
  }),
);

test(
  'a deleted or unknown team isn’t changed, and nothing is announced',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const { teamId } = await aTeam(db, { dailyQuota: 10, deletedAt: new Date() });
    const before = await epoch(db);

    for (const id of [teamId, crypto.randomUUID()]) {
      expect(await setDailyQuota({ db, operator }, { teamId: id, dailyQuota: 5 })).toEqual({ ok: false });
    }
    expect(await quotaOf(db, teamId)).toBe(10);
    expect(await epoch(db)).toBe(before);
    expect(await auditTrail(db)).toEqual([]);
  }),
);

test('a quota is a whole number from 0 to 1,000,000,000, and an empty field is invalid', () => {
  const teamId = crypto.randomUUID();
  const parse = (dailyQuota: unknown) => SetDailyQuota.safeParse({ teamId, dailyQuota });

  for (const [given, quota] of [
    ['0', 0],
    [' 250 ', 250],
    [1_000_000_000, 1_000_000_000],
  ])
    expect(parse(given).data, String(given)).toEqual({ teamId, dailyQuota: quota });
  for (const wrong of ['', '   ', undefined, '-1', '1.5', 'many', '1000000001', 'Infinity', 'NaN']) {
    expect(parse(wrong).success, String(wrong)).toBe(false);
  }
  expect(parse('').error?.issues[0]?.message).toBe('Enter a number of requests.');
});
