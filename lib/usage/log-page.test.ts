import { expect, test } from 'vitest';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { listLogChoices } from '#lib/request-log/list-filter-choices.ts';
import { readLogFilter } from '#lib/request-log/log-filter.ts';
import { readLimitsAt } from '#lib/request-log/read-limits-at.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { aDay } from '#tests/support/usage-rows.ts';

test(
  'owners filter by everything in the team, members by their own keys and apps, and strangers by nothing',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const stranger = await aMember(db, 'owner');
    const [shop, desk] = [
      await anApplication(db, owner, { title: 'Shop' }),
      await anApplication(db, owner, { title: 'Desk' }),
    ];
    const api = await anApi(db, ['GET /a', 'GET /b']);
    for (const [app, endpointId] of [
      [shop, api.endpointIds[0]!],
      [desk, api.endpointIds[0]!],
      [desk, api.endpointIds[1]!],
    ] as const)
      await db
        .insert(applicationEndpoints)
        .values({ teamId: owner.teamId, applicationId: app.id, endpointId });
    await aCredential(db, desk, { name: 'Team' });
    const own = await aCredential(db, shop, { name: 'Own', memberId: member.memberId });
    const seen = async (who: typeof owner, asked = {}) => {
      const { keys, apps, endpoints, people } = await listLogChoices({ db, member: who }, asked);
      return {
        ...{ keys: keys.map(({ name }) => name), apps: apps.map(({ title }) => title) },
        ...{ endpoints: endpoints.map(({ path }) => path), people: people?.length },
      };
    };

    expect(await seen(owner)).toEqual({
      ...{ keys: ['Own', 'Team'], apps: ['Desk', 'Shop'], endpoints: ['/a', '/b'], people: 2 },
    });
    // The selected option comes first, so that the limit can't hide it.
    expect(await seen(owner, { app: shop.publicId, endpoint: api.endpointIds[1] })).toMatchObject({
      ...{ apps: ['Shop', 'Desk'], endpoints: ['/b', '/a'] },
    });
    const ownOnly = { keys: ['Own'], apps: ['Shop'], endpoints: ['/a'], people: undefined };
    expect(await seen(member)).toEqual(ownOnly);
    const nothing = { keys: [], apps: [], endpoints: [], people: 1 };
    expect(await seen(stranger, { key: own.keyId, app: shop.publicId })).toEqual(nothing);
    await expect(seen({ ...member, role: 'visitor' } as never)).rejects.toThrow(Forbidden); // No such role.
  }),
);

test(
  'limits at a given time: today’s, with the first change since then and the values before',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const other = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, owner));
    await aDay(db, key, 1, { requests: 70 });
    const yesterday = new Date(Date.now() - 86_400_000);
    const asked = { at: yesterday, day: yesterday.toISOString().slice(0, 10) };
    const read = (who: typeof owner) => readLimitsAt({ db, member: who }, asked);

    expect(await read(owner)).toMatchObject({ usedThatDay: 70, changed: null });
    expect((await read(owner)).dailyQuota).toBeGreaterThan(0);
    expect(await read(member)).toMatchObject({ usedThatDay: null });
    const subject = { kind: 'team' as const, id: owner.teamId };
    for (const dailyQuota of [50, 60])
      await recordAudit(db, 'operator', 'team.set_quota', subject, {
        ...{ teamId: owner.teamId, before: { dailyQuota }, after: { dailyQuota: 1 } },
      });
    expect((await read(owner)).changed?.before).toEqual({ dailyQuota: 50 });
    expect(await read(other)).toMatchObject({ usedThatDay: 0, changed: null });
    await expect(read({ ...member, role: 'visitor' } as never)).rejects.toThrow(Forbidden); // No such role.
  }),
);

test('invalid query parameters of a log page are reported', () => {
  expect(readLogFilter({ ip: 'here', from: '24h', id: '', method: 'GET', other: 'x' })).toEqual({
    filter: { from: '24h', method: 'GET' },
    invalid: ['ip'],
  });
  expect(readLogFilter({ from: '2026-02-30', to: '2026-02-28T25:00' }).invalid).toEqual(['from', 'to']);
});
