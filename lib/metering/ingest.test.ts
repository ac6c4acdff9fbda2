import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { anEnd, aSpooledCall, ingestLines } from '#tests/support/usage-rows.ts';
import { unpack } from './histogram.ts';
import { closeOpenCalls, ingestSegments } from './ingest.ts';
import { completionLine, intentLine, refusalLine } from './lines.ts';

let own: OwnDatabase;
let key: Parameters<typeof aSpooledCall>[0];
const nodeId = crypto.randomUUID();
const noon = new Date('2026-05-01T12:34:56.789Z');
const endpoint = { apiId: crypto.randomUUID(), endpointId: crypto.randomUUID() };

beforeEach(async () => {
  own = await ownDatabase();
  key = { ...(await aCredential(own.db, await anApplication(own.db, await aTeam(own.db)))), memberId: null };
});
afterEach(() => own.drop());

const ingest = (lines: string[], id?: string) => ingestLines(own.sql, nodeId, lines, id);
const rollup = (unit: string) =>
  own.sql.unsafe(`select to_char(bucket at time zone 'utc', 'MM-DD HH24:MI') as at, outcome, status, reason, calls, counted,
    errors, refused, bytes_out::int, latency::text from usage_${unit}s order by bucket, outcome, status`);
const totals = async () =>
  Promise.all(
    ['minute', 'hour', 'day'].map(async (unit) => {
      const [row] =
        await own.sql.unsafe(`select coalesce(sum(calls), 0)::int as calls, coalesce(sum(counted), 0)::int as counted,
        coalesce(sum(errors), 0)::int as errors, coalesce(sum(refused), 0)::int as refused from usage_${unit}s`);
      return row;
    }),
  );
const three = <T>(row: T) => [row, row, row];

test('a request is added to its minute, hour and day, and to its client address', async () => {
  const calls = [0, 1, 2].map((n) =>
    aSpooledCall(key, new Date(noon.getTime() + n * 40_000), { route: endpoint }),
  );
  await ingest([
    ...calls.flatMap((call, n) => [
      intentLine(call),
      completionLine(call, anEnd({ latencyMs: 3 * 10 ** n })),
    ]),
    refusalLine(aSpooledCall(key, noon), { status: 403, reason: 'endpoint_not_connected', latencyMs: 0.2 }),
  ]);

  const answered = { outcome: 'answered', status: 200, reason: null, errors: 0, refused: 0 };
  expect((await rollup('minute')).map(({ at, outcome, calls }) => [at, outcome, calls])).toEqual([
    ['05-01 12:34', 'answered', 1],
    ['05-01 12:34', 'refused', 1],
    ['05-01 12:35', 'answered', 1],
    ['05-01 12:36', 'answered', 1],
  ]);
  const [hour, refused] = await rollup('hour');
  expect(hour).toMatchObject({ ...answered, at: '05-01 12:00', calls: 3, counted: 3, bytes_out: 300 });
  expect(refused).toMatchObject({
    calls: 1,
    counted: 0,
    refused: 1,
    status: 403,
    reason: 'endpoint_not_connected',
  });
  const [day] = await rollup('day');
  expect(day).toMatchObject({ ...answered, at: '05-01 00:00', calls: 3 });
  // 3, 30 and 300 ms
  expect(unpack(day!.latency).flatMap((count, cell) => (count ? [[cell, count]] : []))).toEqual([
    [5, 1],
    [15, 1],
    [25, 1],
  ]);
  expect(await own.sql`select client_ip, calls, refused, first_at, last_at from usage_clients`).toEqual([
    {
      client_ip: '192.0.2.7',
      calls: 4,
      refused: 1,
      first_at: '2026-05-01 12:34:56.789+00',
      last_at: '2026-05-01 12:36:16.789+00',
    },
  ]);
});

test('storing the same lines five times, in the same and in other segments, changes nothing', async () => {
  const call = aSpooledCall(key, noon);
  const lines = [intentLine(call), completionLine(call, anEnd({ status: 500 }))];
  for (const id of ['a', 'a', 'b', 'b', 'c']) await ingest(lines, id);

  expect(await totals()).toEqual(three({ calls: 1, counted: 1, errors: 1, refused: 0 }));
  expect(await own.sql`select calls from usage_clients`).toEqual([{ calls: 1 }]);
});

test('segments of one batch count once, together or apart', async () => {
  const calls = Array.from({ length: 4 }, () => aSpooledCall(key, noon));
  const segments = calls.map((call, n) => ({
    id: `s${n}`,
    // Each segment completes the request that the previous one began.
    text: [intentLine(call), ...(n > 0 ? [completionLine(calls[n - 1]!, anEnd())] : [])].join('').trimEnd(),
    lines: n > 0 ? 2 : 1,
  }));
  expect(await ingestSegments(own.sql, nodeId, segments.slice(0, 2))).toBe(2);
  expect(await ingestSegments(own.sql, nodeId, segments)).toBe(2);
  expect(await ingestSegments(own.sql, nodeId, segments)).toBe(0);

  expect(await totals()).toEqual(three({ calls: 3, counted: 3, errors: 0, refused: 0 }));
  expect(await own.sql`select outcome, count(*)::int as n from usage_records group by 1 order by 1`).toEqual([
    { outcome: 'open', n: 1 },
    { outcome: 'answered', n: 3 },
  ]);
});

test('more segments than a statement can have parameters are stored at once, as a failing disk produces them', async () => {
  const many = Array.from({ length: 25_000 }, (_, n) => ({ id: `empty/${n}`, text: '', lines: 0 }));
  const nodeId = crypto.randomUUID();
  expect(await ingestSegments(own.sql, nodeId, many)).toBe(25_000);
  expect(await ingestSegments(own.sql, nodeId, many)).toBe(0);
});

test('a process killed between storing rows and their completions loses none of its later completions', async () => {
  const [first, second] = [aSpooledCall(key, noon), aSpooledCall(key, noon)];
  const segment = (id: string, ...lines: string[]) => ({
    ...{ id, text: lines.join('').trimEnd(), lines: lines.length },
  });
  const middle = segment('s1', completionLine(first, anEnd()), intentLine(second));
  await ingestSegments(own.sql, nodeId, [segment('s0', intentLine(first))]);
  await ingestSegments(own.sql, nodeId, [middle]);
  // The rows of a segment are stored before its ID. The process ends in between.
  await own.sql`delete from usage_segments where id = 's1'`;

  expect(
    await ingestSegments(own.sql, nodeId, [middle, segment('s2', completionLine(second, anEnd()))]),
  ).toBe(2);
  await closeOpenCalls(own.sql, nodeId);

  expect(await own.sql`select outcome, status from usage_records`).toEqual([
    { outcome: 'answered', status: 200 },
    { outcome: 'answered', status: 200 },
  ]);
  expect(await totals()).toEqual(three({ calls: 2, counted: 2, errors: 0, refused: 0 }));
});

test('an open request is in no rollup; completed days later, it is in the rollup of its admission', async () => {
  const call = aSpooledCall(key, new Date('2026-05-01T23:59:59.999Z'));
  await ingest([intentLine(call)]);
  expect(await totals()).toEqual(three({ calls: 0, counted: 0, errors: 0, refused: 0 }));

  await ingest([
    completionLine(call, anEnd({ outcome: 'aborted', status: null })),
    intentLine(aSpooledCall(key, new Date('2026-05-03T00:00:00Z'))),
  ]);
  expect(await rollup('minute')).toMatchObject([
    { at: '05-01 23:59', outcome: 'aborted', calls: 1, errors: 1 },
  ]);
  expect(await rollup('day')).toMatchObject([{ at: '05-01 00:00', calls: 1 }]);
});

test('the upstream time is stored with its request, in whichever segment it is completed', async () => {
  const [atOnce, later] = [aSpooledCall(key, noon), aSpooledCall(key, noon)];
  const refused = aSpooledCall(key, noon);
  await ingest([
    ...[intentLine(atOnce), completionLine(atOnce, anEnd({ upstreamMs: 11.25 })), intentLine(later)],
    refusalLine(refused, { status: 429, reason: 'quota_exceeded', latencyMs: 1 }),
  ]);
  await ingest([completionLine(later, anEnd({ upstreamMs: 9.5 }))]);

  const rows = await own.sql<{ id: string; ms: number | null }[]>`
    select id, upstream_ms as ms from usage_records order by upstream_ms desc nulls last`;
  expect(rows).toEqual([
    { id: atOnce.id, ms: 11.25 },
    { id: later.id, ms: 9.5 },
    { id: refused.id, ms: null },
  ]);
});

test('a key was last used by its last accepted request, regardless of later rejections', async () => {
  const late = new Date(noon.getTime() + 60_000);
  const call = aSpooledCall(key, noon);
  const refused = { status: 403, reason: 'credential_revoked', latencyMs: 1 };
  await ingest([intentLine(call), completionLine(call, anEnd())]);
  await ingest([refusalLine(aSpooledCall(key, late), refused)]);
  await ingest([refusalLine(aSpooledCall(key, new Date('2026-05-02T12:00:00Z')), refused)]);

  expect(await own.sql`select last_at, last_used_at from usage_daily order by day`).toEqual([
    { last_at: '2026-05-01 12:35:56.789+00', last_used_at: '2026-05-01 12:34:56.789+00' },
    { last_at: '2026-05-02 12:00:00+00', last_used_at: null },
  ]);
});

test('a request that waited for its quota over midnight belongs to the day whose quota it used, in every sum', async () => {
  const call = aSpooledCall(key, new Date('2026-05-01T23:59:59.999Z'), { day: '2026-05-02' });
  await ingest([intentLine(call), completionLine(call, anEnd())]);

  for (const unit of ['minute', 'hour', 'day'])
    expect(await rollup(unit)).toMatchObject([{ at: '05-02 00:00', calls: 1 }]);
});

test('a request that was returned to the quota is a request, but isn’t counted', async () => {
  const call = aSpooledCall(key, noon);
  await ingest([intentLine(call)]);
  await ingest([
    completionLine(call, anEnd({ status: 502, reason: 'upstream_unreachable', counted: false })),
  ]);

  expect(await totals()).toEqual(three({ calls: 1, counted: 0, errors: 0, refused: 0 }));
  expect(await own.sql`select requests, errors from usage_daily`).toEqual([{ requests: 0, errors: 0 }]);
});

test('open requests of a dead process become unknown, once', async () => {
  await ingest([intentLine(aSpooledCall(key, noon)), intentLine(aSpooledCall(key, noon))]);
  await closeOpenCalls(own.sql, nodeId);
  await closeOpenCalls(own.sql, nodeId);

  expect(await totals()).toEqual(three({ calls: 2, counted: 2, errors: 2, refused: 0 }));
  expect(await rollup('hour')).toMatchObject([{ outcome: 'unknown', status: null, calls: 2, latency: '0' }]);
});

test('a row shows where its request came from', async () => {
  const [app, tester, refused] = [
    aSpooledCall(key, noon, { path: '/app' }),
    aSpooledCall(key, noon, { path: '/tester', via: 'tester' }),
    aSpooledCall(key, noon, { path: '/refused', via: 'tester' }),
  ];
  await ingest([
    intentLine(app),
    intentLine(tester),
    refusalLine(refused, { status: 429, reason: 'quota_exceeded', latencyMs: 1 }),
  ]);
  expect(await own.sql`select path, via, status from usage_records order by path`).toEqual([
    { path: '/app', via: 'api', status: null },
    { path: '/refused', via: 'tester', status: 429 },
    { path: '/tester', via: 'tester', status: null },
  ]);
});

test('processes that update the same sums at the same time wait for each other and lose nothing', async () => {
  const nodes = Array.from({ length: 4 }, () => crypto.randomUUID());
  const keys = [key, { ...key, id: crypto.randomUUID() }, { ...key, id: crypto.randomUUID() }];
  await Promise.all(
    nodes.map(async (node) => {
      let before: ReturnType<typeof aSpooledCall>[] = [];
      for (let round = 0; round < 10; round++) {
        const calls = Array.from({ length: 60 }, (_, n) =>
          aSpooledCall(keys[n % 3]!, noon, { route: endpoint }),
        );
        await ingestLines(own.sql, node, [
          ...before.map((call) => completionLine(call, anEnd())),
          ...calls.flatMap((call, n) => [
            intentLine(call),
            ...(n % 2 ? [completionLine(call, anEnd())] : []),
          ]),
        ]);
        before = calls.filter((_, n) => n % 2 === 0);
      }
      await closeOpenCalls(own.sql, node);
    }),
  );
  expect(await totals()).toEqual(three({ calls: 2_400, counted: 2_400, errors: 120, refused: 0 }));
});
