import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { members, teams } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam } from '#tests/support/factories.ts';
import { aDay } from '#tests/support/usage-rows.ts';
import { readLimits } from './read-limits.ts';
import { SetProductionReserve, setProductionReserve } from './set-production-reserve.ts';

const epoch = async (db: Db) => Number((await db.select().from(accessEpoch))[0]?.epoch);
const reserveOf = async (db: Db, teamId: string) =>
  (await db.select().from(teams).where(eq(teams.id, teamId)))[0]?.productionReserve;

test(
  'an owner reserves part of the quota for Production: announced and audited',
  withDb(async (db) => {
    const member = await aMember(db, 'owner', await aTeam(db, { dailyQuota: 100 }));
    const before = await epoch(db);

    expect(await setProductionReserve({ db, member }, { reserve: 100 })).toMatchObject({
      ...{ ok: true, receipt: { epoch: before + 1 } },
    });

    expect(await reserveOf(db, member.teamId)).toBe(100);
    expect(await auditTrail(db)).toMatchObject([
      {
        ...{ action: 'team.set_reserve', teamId: member.teamId, actorMemberId: member.memberId },
        ...{ before: { productionReserve: 0 }, after: { productionReserve: 100 } },
      },
    ]);
    expect(await setProductionReserve({ db, member }, { reserve: 100 }), 'the same reserve').toEqual({
      ...{ ok: true, receipt: null },
    });
    expect(await auditTrail(db)).toHaveLength(1);
    expect(await epoch(db)).toBe(before + 1);
    expect(await setProductionReserve({ db, member }, { reserve: 101 })).toEqual({
      ...{ ok: false, reason: 'above_quota', dailyQuota: 100 },
    });
    expect(await reserveOf(db, member.teamId)).toBe(100);
    for (const wrong of ['', '-1', '1.5'])
      expect(SetProductionReserve.safeParse({ reserve: wrong }).success, wrong).toBe(false);
  }),
);

test(
  'admins can’t change how the quota is shared',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    await expect(setProductionReserve({ db, member }, { reserve: 1 })).rejects.toThrow(Forbidden);
  }),
);

test(
  'managers see everyone’s limit and usage today, limited ones first; members see only their own',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner', await aTeam(db, { dailyQuota: 500 }));
    const mina = await aMember(db, 'member', owner);
    const gone = await aMember(db, 'member', owner);
    await db.update(members).set({ status: 'removed' }).where(eq(members.id, gone.memberId));
    await db.update(members).set({ dailyCap: 9 }).where(eq(members.id, mina.memberId));
    const busy = await anApplication(db, owner, { title: 'Busy' });
    const idle = await anApplication(db, owner, { title: 'Idle' });
    const capped = await anApplication(db, owner, { title: 'Capped' });
    await anApplication(db, owner, { title: 'Away', archivedAt: new Date() });
    await db.update(applications).set({ dailyCap: 4 }).where(eq(applications.id, capped.id));
    const own = await aCredential(db, busy, { memberId: mina.memberId });
    const live = await aCredential(db, busy, { environment: 'production' });
    await aDay(db, own, 0, { requests: 5 });
    await aDay(db, live, 0, { requests: 7 });
    await aDay(db, live, 1, { requests: 70 });
    const stranger = await aMember(db, 'owner');
    await aDay(db, await aCredential(db, await anApplication(db, stranger)), 0, { requests: 900 });

    const read = await readLimits({ db, member: owner });

    expect(read).toMatchObject({
      ...{ planName: 'Standard', dailyQuota: 500, productionReserve: 0, ownOnly: false },
      ...{ used: { requests: 12, production: 7 } },
    });
    expect(read.apps.map(({ title, dailyCap, requestsToday }) => [title, dailyCap, requestsToday])).toEqual([
      ['Capped', 4, 0],
      ['Busy', null, 12],
      [idle.title, null, 0],
    ]);
    expect(read.people).toMatchObject([
      { memberId: mina.memberId, dailyCap: 9, requestsToday: 5 },
      { memberId: owner.memberId, dailyCap: null, requestsToday: 0 },
    ]);
    const shares = await readLimits({ db, member: mina });
    expect(shares).toMatchObject({
      ownOnly: true,
      used: null,
      apps: [],
      people: [{ memberId: mina.memberId }],
    });
    expect(shares.people).toHaveLength(1);
  }),
);
