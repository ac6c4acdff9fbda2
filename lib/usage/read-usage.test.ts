import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apis, endpoints } from '#db/schema/catalog.ts';
import type { Member } from '#lib/access/member.ts';
import { completionLine, intentLine, refusalLine } from '#lib/metering/lines.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { anEnd, aSpooledCall, ingestLines } from '#tests/support/usage-rows.ts';
import { exportUsage } from './export-usage.ts';
import { readTraffic } from './read-traffic.ts';
import { readUsage, total } from './read-usage.ts';
import type { UsageSums } from './types.ts';
import type { UsageScope } from './usage-scope.ts';
import { type SpanQuery, spanOf } from './usage-span.ts';

const now = new Date('2026-05-20T10:20:30Z');
const DAY = 86_400_000;

/** A pseudorandom generator with a fixed seed. */
function dice(seed: number) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

type Team = {
  owner: Member;
  person: Member;
  keys: Awaited<ReturnType<typeof aCredential>>[];
  apps: Awaited<ReturnType<typeof anApplication>>[];
};
let own: OwnDatabase;
const teams: Team[] = [];
const endpointIds: string[] = [];

beforeAll(async () => {
  own = await ownDatabase();
  const { db } = own;
  const [api] = await db
    .insert(apis)
    .values({
      ...{ slug: 'cities', title: 'Cities', openapi: '3.1.0', document: '{}' },
      upstreamUrl: 'http://127.0.0.1:9',
    })
    .returning();
  for (const path of ['/cities', '/cities/{city}']) {
    const [row] = await db.insert(endpoints).values({ apiId: api!.id, method: 'GET', path }).returning();
    endpointIds.push(row!.id);
  }
  const random = dice(7);
  for (let t = 0; t < 3; t++) {
    const owner = await aMember(db, 'owner');
    const person = await aMember(db, 'member', owner);
    const apps = [await anApplication(db, owner), await anApplication(db, owner, { title: 'Kiosk' })];
    const keys = [
      await aCredential(db, apps[0]!),
      await aCredential(db, apps[1]!, { environment: 'production' }),
      await aCredential(db, apps[1]!, { memberId: person.memberId }),
    ];
    teams.push({ owner, person, keys, apps });
    await fill(keys, api!.id, random);
  }
});
afterAll(() => own.drop());

/** Requests of two months, denser toward now. Starts and ends arrive in different segments and out of order. */
async function fill(keys: Team['keys'], apiId: string, random: () => number) {
  const [begun, ended, late]: [string[], string[], string[]] = [[], [], []];
  for (let i = 0; i < 700; i++) {
    const back = random() ** 6 * 62 * DAY;
    const at = new Date(Math.floor(now.getTime() - back));
    const route = random() < 0.9 ? { apiId, endpointId: endpointIds[Math.floor(random() * 2)]! } : null;
    const clientIp = `192.0.2.${Math.floor(random() * 20)}`;
    const call = aSpooledCall(keys[Math.floor(random() * 3)]!, at, { route, clientIp });
    if (!route || random() < 0.1) {
      late.push(refusalLine(call, { status: 429, reason: 'quota_exceeded', latencyMs: 0.1 }));
      continue;
    }
    const fate = random();
    const end =
      fate < 0.1
        ? anEnd({ status: 404 })
        : fate < 0.15
          ? anEnd({ outcome: 'aborted', status: null })
          : fate < 0.2
            ? anEnd({ status: 502, reason: 'upstream_unreachable', counted: false })
            : anEnd({ latencyMs: 3 * 10 ** (random() * 3) });
    begun.push(intentLine(call));
    if (fate < 0.99) (random() < 0.3 ? late : ended).push(completionLine(call, end));
  }
  const nodeId = crypto.randomUUID();
  for (const lines of [begun.slice(300), ended, begun.slice(0, 300), ended, late])
    await ingestLines(own.sql, nodeId, lines);
}

type Raw = UsageSums & { at: number };

/** The same from the log, row by row, for finished requests. */
async function rawRows(team: Team, from: Date, to: Date, more = sql`true`): Promise<Raw[]> {
  return own.db.execute<Raw>(sql`
    select (extract(epoch from at) * 1000)::float8 as at, counted::int as requests, (outcome = 'refused')::int as refused, 1 as calls,
      (counted and (coalesce(status, 0) >= 400 or outcome in ('aborted', 'unknown')))::int as errors
    from usage_records where team_id = ${team.owner.teamId} and outcome <> 'open'
      and at >= ${from.toISOString()}::timestamptz and at < ${to.toISOString()}::timestamptz and ${more}`);
}

const sums = ({ requests, errors, refused, calls }: UsageSums) => ({ requests, errors, refused, calls });
const read = (member: Member, scope: Partial<UsageScope>, query: Partial<SpanQuery>) =>
  readUsage({ db: own.db, member }, { scope, span: spanOf(query, now), now });
const split = (member: Member, scope: Partial<UsageScope>, query: Partial<SpanQuery> = {}) =>
  readTraffic({ db: own.db, member }, { scope, span: spanOf(query, now), now });

describe.each([
  [{ range: '1h' }],
  [{ range: '24h' }],
  [{ range: '24h', grain: 'quarter' }],
  [{ range: '7d' }],
  [{ range: '30d' }],
  [{ range: '12mo' }],
  [{ from: '2026-05-02', to: '2026-05-19' }],
  [{ from: '2026-05-20T03:07:00Z', to: '2026-05-20T09:21:00Z' }],
] as const)('of %j', (query) => {
  test('each bar, the total and each grouping match the log, for three teams', async () => {
    for (const team of teams) {
      const usage = (await read(team.owner, {}, query))!;
      const raw = await rawRows(team, usage.span.from, usage.span.to);

      expect(raw.length).toBeGreaterThan(20);
      expect(sums(usage.totals)).toEqual(total(raw));
      for (const bar of usage.bars) {
        const inside = raw.filter(({ at }) => at >= +bar.start && at < +bar.end);
        expect(sums(bar), bar.start.toISOString()).toEqual(total(inside));
      }
      const { statuses, traffic } = (await split(team.owner, {}, query))!;
      expect(sums(total(statuses))).toEqual(total(raw));
      for (const by of ['endpoint', 'app', 'key', 'member', 'environment'] as const)
        expect(sums(total(traffic[by]!.rows)), by).toEqual(total(raw));
    }
  });

  test('the previous period matches the log', async () => {
    const usage = (await read(teams[0]!.owner, {}, query))!;
    const { earlier } = usage.span;
    const raw = await rawRows(teams[0]!, earlier(usage.span.from), earlier(usage.span.to));

    expect(usage.bars.reduce((sum, bar) => sum + bar.previous!, 0)).toBe(total(raw).requests);
    const over = usage.bars.filter((bar) => bar.complete);
    expect(usage.compared!.requests).toBe(total(over).requests);
    const last = over.at(-1)!;
    expect(usage.compared!.before).toEqual(
      total(raw.filter(({ at }) => at < +earlier(last.start) + (+last.end - +last.start))),
    );
  });
});

test('only the current bar is incomplete', async () => {
  const { bars } = (await read(teams[0]!.owner, {}, { range: '24h' }))!;

  expect(bars.filter((bar) => !bar.complete).map((bar) => bar.start.toISOString())).toEqual([
    '2026-05-20T10:00:00.000Z',
  ]);
});

test('percentiles match the completed requests, to the resolution of the histogram', async () => {
  const usage = (await read(teams[0]!.owner, {}, { range: '12mo' }))!;
  const [exact] = await own.db.execute<Record<'p50' | 'p95' | 'p99', number>>(sql`
    select percentile_disc(0.5) within group (order by latency_ms) as p50, percentile_disc(0.95) within group (order by latency_ms) as p95,
      percentile_disc(0.99) within group (order by latency_ms) as p99
    from usage_records where team_id = ${teams[0]!.owner.teamId} and outcome = 'answered'`);

  for (const name of ['p50', 'p95', 'p99'] as const) {
    expect(usage.totals.latency![name] / exact![name]).toBeGreaterThan(0.79);
    expect(usage.totals.latency![name] / exact![name]).toBeLessThan(1.27);
  }
});

test('each filter narrows the scope, and filters combine', async () => {
  const team = teams[0]!;
  const [first, second] = team.keys;
  const scopes: [Partial<UsageScope>, ReturnType<typeof sql>][] = [
    [{ app: team.apps[1]!.publicId }, sql`application_id = ${team.apps[1]!.id}`],
    [{ key: first!.keyId }, sql`credential_id = ${first!.id}`],
    [{ member: team.person.memberId }, sql`member_id = ${team.person.memberId}`],
    [{ endpoint: endpointIds[0]! }, sql`endpoint_id = ${endpointIds[0]!}`],
    [{ environment: 'production' }, sql`environment = 'production'`],
    [
      { app: team.apps[1]!.publicId, endpoint: endpointIds[0]!, key: second!.keyId },
      sql`credential_id = ${second!.id} and endpoint_id = ${endpointIds[0]!}`,
    ],
  ];
  for (const [scope, condition] of scopes) {
    const usage = (await read(team.owner, scope, { range: '30d' }))!;
    const raw = await rawRows(team, usage.span.from, usage.span.to, condition);
    expect(sums(usage.totals), JSON.stringify(scope)).toEqual(total(raw));
    expect(raw.length).toBeGreaterThan(5);
  }
});

test('a member sees only requests of their own keys, with every filter', async () => {
  const { owner, person, keys, apps } = teams[0]!;
  const usage = (await read(person, {}, { range: '30d' }))!;
  const raw = await rawRows(teams[0]!, usage.span.from, usage.span.to, sql`member_id = ${person.memberId}`);

  expect(sums(usage.totals)).toEqual(total(raw));
  expect(usage.scope.ownOnly).toBe(true);
  expect(await read(person, { key: keys[0]!.keyId }, {})).toBeNull();
  expect(await read(person, { member: owner.memberId }, {})).toBeNull();
  expect((await read(person, { app: apps[0]!.publicId }, {}))!.totals.calls).toBe(0);
  const { traffic } = (await split(person, {}))!;
  expect(traffic.key!.rows.map((row) => row.value)).toEqual([keys[2]!.keyId]);
  expect(traffic.member!.rows.map((row) => row.value)).toEqual([person.memberId]);
  const [addresses] = await own.db.execute<{
    count: number;
  }>(sql`select count(distinct client_ip)::int as count
    from usage_records where member_id = ${person.memberId} and day > '2026-04-20'`);
  expect(traffic.ip!.count).toBe(addresses!.count);
});

test("another team's app, key and member look like ones that don't exist", async () => {
  const [mine, other] = [teams[0]!, teams[1]!];
  const foreign: Partial<UsageScope>[] = [
    { app: other.apps[0]!.publicId },
    { key: other.keys[0]!.keyId },
    { member: other.person.memberId },
    { app: 'app_0000000000000000' },
    { key: '0000000000000000' },
    { member: crypto.randomUUID() },
    { endpoint: crypto.randomUUID() },
  ];
  for (const scope of foreign) {
    expect(await read(mine.owner, scope, {}), JSON.stringify(scope)).toBeNull();
    expect(await split(mine.owner, scope), JSON.stringify(scope)).toBeNull();
  }
});

test('client addresses match the log by whole UTC days, and aren’t available per endpoint', async () => {
  const { owner } = teams[1]!;
  const { ip } = (await split(owner, {}, { range: '30d' }))!.traffic;
  const raw = await own.db.execute<{ ip: string; calls: number }>(sql`
    select client_ip as ip, count(*)::int as calls from usage_records
    where team_id = ${owner.teamId} and day > '2026-04-20' group by 1`);

  expect(ip!.rows).toHaveLength(10);
  expect(ip!.count).toBe(raw.length);
  for (const row of ip!.rows) expect(row.calls).toBe(raw.find((one) => one.ip === row.value)!.calls);
  expect((await split(owner, { endpoint: endpointIds[0]! }))!.traffic.ip).toBeNull();
});

test('rows have names and filter values', async () => {
  const { owner, person, keys, apps } = teams[0]!;
  const { traffic } = (await split(owner, {}, { range: '30d' }))!;

  expect(traffic.endpoint!.rows.map((row) => [row.note, row.name])).toEqual(
    expect.arrayContaining([
      ['GET', '/cities/cities'],
      ['GET', '/cities/cities/{city}'],
      [null, 'Unknown endpoint'],
    ]),
  );
  expect(traffic.app!.rows.map((row) => row.value).sort()).toEqual(apps.map((app) => app.publicId).sort());
  expect(traffic.key!.rows.map((row) => row.value).sort()).toEqual(keys.map((key) => key.keyId).sort());
  expect(traffic.member!.rows.map((row) => row.value).sort()).toEqual([person.memberId, 'none'].sort());
});

test('an export has all rows of a table, and no cell that a spreadsheet would execute', async () => {
  const { owner } = teams[1]!;
  const context = { db: own.db, member: owner };
  const request = { scope: {}, span: spanOf({ range: '30d' }, now), now };
  const lines = async (table: Parameters<typeof exportUsage>[2]) =>
    (await exportUsage(context, request, table))!.trimEnd().split('\r\n');

  const time = await lines('time');
  expect(time).toHaveLength(31);
  expect(time[1]).toMatch(/^"2026-04-21T00:00:00.000Z","2026-04-22T00:00:00.000Z","yes",/);
  expect(time.at(-1)).toContain(',"no",');
  expect(await lines('ip')).toHaveLength((await split(owner, {}))!.traffic.ip!.count + 1);
  await own.db.execute(sql`update applications set title = '=1+1' where id = ${teams[1]!.apps[0]!.id}`);
  expect((await lines('app')).join()).toContain(`"'=1+1"`);
  expect(
    await exportUsage(context, { ...request, scope: { app: teams[0]!.apps[0]!.publicId } }, 'time'),
  ).toBeNull();
});

test('no requests in a time range differ from no requests at all', async () => {
  const { owner, apps } = teams[0]!;
  const unused = await aCredential(own.db, apps[0]!);
  const never = (await read(owner, { key: unused.keyId }, {}))!;
  const notThen = (await read(owner, {}, { from: '2024-01-01', to: '2024-01-31' }))!;

  expect([never.totals.calls, never.everCalled]).toEqual([0, false]);
  expect([notThen.totals.calls, notThen.everCalled]).toEqual([0, true]);
  expect(notThen.compared!.before.requests).toBe(0);
});
