import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { usageDaily, usageRecords } from '#db/schema/usage.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { listRequests } from '#lib/request-log/list-requests.ts';
import { LogFilter } from '#lib/request-log/log-filter.ts';
import { readRequest } from '#lib/request-log/read-request.ts';
import { search } from '#lib/teams/search.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { readDashboard } from './read-dashboard.ts';

const today = sql<string>`(now() at time zone 'utc')::date`;

/** A key with `requests` requests today in the rollups and one in the log. */
async function aUsedKey(
  db: Db,
  app: { id: string; teamId: string; publicId: string },
  requests: number,
  owner?: Member,
) {
  const memberId = owner?.memberId ?? null;
  const key = await aCredential(db, app, { memberId });
  const subject = { teamId: app.teamId, applicationId: app.id, credentialId: key.id, memberId };
  await db.insert(usageDaily).values({ ...subject, day: today, requests, lastAt: new Date() });
  const id = v7();
  await db.insert(usageRecords).values({
    ...{ ...subject, id, at: new Date(), day: today, environment: 'development', method: 'GET', path: '/a' },
    ...{ outcome: 'answered', status: 200, counted: true, clientIp: '192.0.2.7', nodeId: v7() },
  });
  return { keyId: key.keyId, requestId: id };
}

/** A team of an owner, an admin and two members, with requests by an app key and by the keys of three of them. */
async function aBusyTeam(db: Db) {
  const owner = await aMember(db, 'owner');
  const admin = await aMember(db, 'admin', owner);
  const member = await aMember(db, 'member', owner);
  const colleague = await aMember(db, 'member', owner);
  const app = await anApplication(db, owner, { isDefault: true });
  const keys = {
    team: await aUsedKey(db, app, 1_000),
    owner: await aUsedKey(db, app, 100, owner),
    member: await aUsedKey(db, app, 10, member),
    colleague: await aUsedKey(db, app, 1, colleague),
  };
  return { owner, admin, member, colleague, appId: app.publicId, keys };
}

type Busy = Awaited<ReturnType<typeof aBusyTeam>>;

/** What a member sees of today's requests through every verb that reads requests. */
async function seenBy(db: Db, member: Member, { appId, keys }: Busy) {
  const context = { db, member };
  const used = Object.values(keys);
  const log = async (filter: Partial<LogFilter> = {}) =>
    (await listRequests(context, LogFilter.parse(filter))).requests.map((call) => call.id).sort();
  const found = async (what: (key: (typeof used)[number]) => Promise<unknown[]>) =>
    (await Promise.all(used.map(async (key) => ((await what(key)).length > 0 ? key.requestId : null))))
      .filter((id) => id !== null)
      .sort();
  return {
    log: await log(),
    appLog: await log({ app: appId }),
    keyLogs: await found((key) => log({ key: key.keyId })),
    details: await found(async ({ requestId: id }) => [await readRequest(context, { id })].filter(Boolean)),
    requestsFound: await found(async (key) => (await search(context, { query: key.requestId })).requests),
    keysFound: await found(async (key) => (await search(context, { query: key.keyId })).keys),
    dashboardToday: (await readDashboard(context)).days.at(-1)?.requests,
    dashboardLatest: (await readDashboard(context)).latest.map((call) => call.id).sort(),
  };
}

const exactly = (used: Busy['keys'][keyof Busy['keys']][], requests: number) => {
  const ids = used.map((key) => key.requestId).sort();
  return {
    ...{
      log: ids,
      appLog: ids,
      keyLogs: ids,
      details: ids,
      requestsFound: ids,
      keysFound: ids,
    },
    ...{ dashboardToday: requests, dashboardLatest: ids },
  };
};

test(
  'every verb shows members the requests of their own keys and no others',
  withDb(async (db) => {
    const team = await aBusyTeam(db);

    expect(await seenBy(db, team.member, team)).toEqual(exactly([team.keys.member], 10));
    expect(await seenBy(db, team.colleague, team)).toEqual(exactly([team.keys.colleague], 1));
  }),
);

test(
  'a filter by a colleague or their key shows a member nothing',
  withDb(async (db) => {
    const { member, colleague, keys } = await aBusyTeam(db);
    for (const filter of [{ member: colleague.memberId }, { key: keys.colleague.keyId }]) {
      const page = await listRequests({ db, member }, LogFilter.parse(filter));
      expect(page).toEqual({ requests: [], newer: null, older: null, searchedTo: null });
    }
  }),
);

test(
  'owners and admins see all requests of the team',
  withDb(async (db) => {
    const team = await aBusyTeam(db);
    const all = exactly(Object.values(team.keys), 1_111);

    expect(await seenBy(db, team.owner, team)).toEqual(all);
    expect(await seenBy(db, team.admin, team)).toEqual(all);
  }),
);

test(
  "another team's requests look absent to owners and members",
  withDb(async (db) => {
    const team = await aBusyTeam(db);
    const other = await aBusyTeam(db);

    for (const member of [other.owner, other.member]) {
      const seen = await seenBy(db, member, { ...other, keys: team.keys, appId: team.appId });
      const own = exactly(member === other.owner ? Object.values(other.keys) : [other.keys.member], 0);
      expect(seen).toEqual({
        ...exactly([], 0),
        // Without a filter, only the reader's own requests are listed.
        ...{ log: own.log, dashboardLatest: own.log },
        dashboardToday: member === other.owner ? 1_111 : 10,
      });
    }
  }),
);

test(
  'an unknown role sees nothing',
  withDb(async (db) => {
    const { keys, ...team } = await aBusyTeam(db);
    const member = { ...team.member, role: 'visitor' } as never; // No such role exists.

    for (const read of [
      () => listRequests({ db, member }, LogFilter.parse({})),
      () => readRequest({ db, member }, { id: keys.team.requestId }),
      () => readDashboard({ db, member }),
      () => search({ db, member }, { query: keys.team.keyId }),
    ])
      await expect(read()).rejects.toThrow(Forbidden);
  }),
);
