import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { members, teams } from '#db/schema/teams.ts';
import { asOperator } from '#lib/access/operator.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam, aUser } from '#tests/support/factories.ts';
import { aPlan } from '#tests/support/plans.ts';
import { aDay } from '#tests/support/usage-rows.ts';
import { listTeamsForOperator, TEAMS_PAGE, TeamsFilter } from './list-teams-for-operator.ts';

const anOperator = async (db: Db) => asOperator(await aUser(db, { isOperator: true }))!;

async function lister(db: Db) {
  const operator = await anOperator(db);
  const list = (filter: Partial<TeamsFilter> = {}) => listTeamsForOperator({ db, operator }, filter);
  const names = async (filter: Partial<TeamsFilter> = {}) =>
    (await list(filter)).teams.map(({ name }) => name);
  return { list, names };
}

test(
  'lists teams by name, each with its own figures, without deleted ones',
  withDb(async (db) => {
    const { list } = await lister(db);
    const busy = await aTeam(db, { name: 'Busy', dailyQuota: 77 });
    const empty = await aTeam(db, { name: 'An empty one' });
    await aTeam(db, { name: 'Gone', deletedAt: new Date() });
    await aMember(db, 'owner', busy);
    await aMember(db, 'member', busy);
    for (const status of ['suspended', 'removed'] as const) {
      const { memberId } = await aMember(db, 'member', busy);
      await db.update(members).set({ status }).where(eq(members.id, memberId));
    }
    await anApplication(db, busy, { archivedAt: new Date() });
    const apps = [await anApplication(db, busy), await anApplication(db, busy)];
    for (const app of apps) {
      const key = await aCredential(db, app);
      await aDay(db, key, 0, { requests: 21, refused: 500 });
      await aDay(db, key, 1, { requests: 900 });
    }

    expect(await list()).toMatchObject({
      ...{ total: 2, next: null, previous: null },
      teams: [
        { id: empty.teamId, name: 'An empty one', members: 0, apps: 0, requestsToday: 0 },
        { id: busy.teamId, slug: busy.teamSlug, dailyQuota: 77, members: 2, apps: 2, requestsToday: 42 },
      ],
    });
  }),
);

test(
  'every team is on exactly one page, forward and backward, even with equal sort values',
  withDb(async (db) => {
    const { list } = await lister(db);
    const count = 2 * TEAMS_PAGE + 3;
    for (let i = 0; i < count; i++) await aTeam(db, { name: `Team ${i % 7}`, dailyQuota: 10 + (i % 3) });
    for (const sort of ['name', 'quota', 'created', 'members', 'apps', 'requests', 'plan'] as const)
      for (const order of ['asc', 'desc'] as const) {
        const [first, second, third] = await (async () => {
          const one = await list({ sort, order });
          const two = await list({ sort, order, after: one.next! });
          return [one, two, await list({ sort, order, after: two.next! })];
        })();
        const pages = [first!, second!, third!];
        expect(pages.map((page) => [page.teams.length, page.total, !page.previous, !page.next])).toEqual([
          [TEAMS_PAGE, count, true, false],
          [TEAMS_PAGE, count, false, false],
          [3, count, false, true],
        ]);
        expect(new Set(pages.flatMap((page) => page.teams.map(({ id }) => id))).size).toBe(count);
        const back = await list({ sort, order, before: third!.previous! });
        expect(back).toEqual(second);
        expect((await list({ sort, order, before: back.previous! })).teams).toEqual(first!.teams);
      }
  }),
);

test(
  'search finds names, slugs and API IDs, literally; a plan narrows the list and the total',
  withDb(async (db) => {
    const { list, names } = await lister(db);
    const plan = await aPlan(db);
    await aTeam(db, { name: 'Harbour 100%', slug: 'quay', apiId: 'team_one', planId: plan.id });
    await aTeam(db, { name: 'Pier', slug: 'pier-side', apiId: 'team_two' });

    expect(await names({ search: 'HARB' })).toEqual(['Harbour 100%']);
    expect(await names({ search: '0%' })).toEqual(['Harbour 100%']);
    expect(await names({ search: '%' })).toEqual(['Harbour 100%']);
    expect(await names({ search: 'pier-s' })).toEqual(['Pier']);
    expect(await names({ search: 'team_two' })).toEqual(['Pier']);
    expect(await list({ plan: plan.id })).toMatchObject({ total: 1, teams: [{ name: 'Harbour 100%' }] });
    expect(await list({ search: 'nobody' })).toEqual({ teams: [], total: 0, next: null, previous: null });
  }),
);

test(
  'sorts by requests today, members and quota',
  withDb(async (db) => {
    const { names } = await lister(db);
    const busy = await aTeam(db, { name: 'Busy', dailyQuota: 1 });
    const big = await aTeam(db, { name: 'Big', dailyQuota: 3 });
    await aTeam(db, { name: 'Calm', dailyQuota: 2 });
    for (let i = 0; i < 3; i++) await aMember(db, 'member', big);
    const key = await aCredential(db, await anApplication(db, busy));
    await aDay(db, key, 0, { requests: 5 });

    expect((await names({ sort: 'requests', order: 'desc' }))[0]).toBe('Busy');
    expect((await names({ sort: 'members', order: 'desc' }))[0]).toBe('Big');
    expect(await names({ sort: 'quota', order: 'desc' })).toEqual(['Big', 'Calm', 'Busy']);
  }),
);

test(
  'a cursor of a team that no longer exists shows the first page; a deleted team’s still works',
  withDb(async (db) => {
    const { list, names } = await lister(db);
    await aTeam(db, { name: 'A' });
    const { teamId } = await aTeam(db, { name: 'B' });
    await aTeam(db, { name: 'C' });
    await db.update(teams).set({ deletedAt: new Date() }).where(eq(teams.id, teamId));

    expect(await names({ after: teamId })).toEqual(['C']);
    expect(await list({ after: crypto.randomUUID() })).toMatchObject({ previous: null, total: 2 });
  }),
);

test('an invalid query parameter counts as absent', () => {
  expect(
    TeamsFilter.parse({ search: 'a\0', plan: 'x', sort: 'password_hash', order: 'up', after: '1' }),
  ).toEqual({});
});
