import { v7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { anEnd, aSpooledCall, ingestLines } from '#tests/support/usage-rows.ts';
import { closeOpenCalls } from './ingest.ts';
import { completionLine, intentLine, refusalLine } from './lines.ts';
import { reconcileDay } from './reconcile.ts';

let own: OwnDatabase;
let key: Parameters<typeof aSpooledCall>[0];
const [live, dead] = [v7(), v7()];
const dayAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

beforeEach(async () => {
  own = await ownDatabase();
  key = { ...(await aCredential(own.db, await anApplication(own.db, await aTeam(own.db)))), memberId: null };
});
afterEach(() => own.drop());

/** Two processes' requests of a day. Each has six counted, including two errors, one not counted and one rejected. */
async function traffic(day: string) {
  const at = new Date(`${day}T00:00:01Z`);
  for (const node of [live, dead]) {
    const calls = Array.from({ length: 7 }, () => aSpooledCall(key, at, { day }));
    const ends = [{}, {}, {}, {}, { status: 404 }, { status: 500 }, { status: 502, counted: false }];
    await ingestLines(own.sql, node, [
      ...calls.flatMap((call, n) => [intentLine(call), completionLine(call, anEnd(ends[n]))]),
      refusalLine(aSpooledCall(key, at, { day }), { status: 429, reason: 'burst', latencyMs: 0.1 }),
    ]);
  }
}

/** The processes' grants. The running one still holds some of today's. */
async function quota(day: string, held: number) {
  await own.sql`insert into quota_days (kind, subject_id, day, reserved) values ('team', ${key.teamId}, ${day}, ${12 + held})`;
  await own.sql`insert into quota_grants (node_id, kind, subject_id, day, granted, returned, settled_at) values
    (${live}, 'team', ${key.teamId}, ${day}, 50, ${44 - held}, null), (${dead}, 'team', ${key.teamId}, ${day}, 50, 44, now())`;
}

const stored = async () => (await own.sql`select * from usage_reconciliations`)[0];

test('nothing is reported if nothing is lost, today and yesterday', async () => {
  for (const [day, held] of [
    [dayAgo(0), 10],
    [dayAgo(1), 0],
  ] as const) {
    await traffic(day);
    await quota(day, held);
    expect(await reconcileDay(own.db, { day })).toEqual({ day, teams: 1, differing: [] });
  }
  expect(await reconcileDay(own.db)).toMatchObject({ day: dayAgo(0), differing: [] });
  const rows =
    await own.sql`select day::text, reserved, held, rows, open, minutes, hours, days, daily, difference, differs_since
    from usage_reconciliations order by day desc`;
  const counts = {
    rows: 12,
    open: 0,
    minutes: 12,
    hours: 12,
    days: 12,
    daily: 12,
    difference: 0,
    differs_since: null,
  };
  expect(rows).toEqual([
    { day: dayAgo(0), reserved: 22, held: 10, ...counts },
    { day: dayAgo(1), reserved: 12, held: 0, ...counts },
  ]);
});

const MINUTE = `(select ctid from usage_minutes where outcome = 'answered' and status = 200 limit 1)`;
const planted: [string, string, { figure: string; between: string[]; values: number[] }[]][] = [
  [
    'the counter',
    `update quota_days set reserved = reserved + 1`,
    [{ figure: 'counted', between: ['quota', 'grants'], values: [13, 12] }],
  ],
  [
    'a settled grant',
    `update quota_grants set returned = returned - 1 where settled_at is not null`,
    [
      { figure: 'counted', between: ['quota', 'grants'], values: [12, 13] },
      { figure: 'counted', between: ['grants', 'rows'], values: [7, 6] },
    ],
  ],
  [
    'minutes',
    `update usage_minutes set counted = counted + 1 where ctid = ${MINUTE}`,
    [{ figure: 'counted', between: ['rows', 'minutes'], values: [12, 13] }],
  ],
  [
    'hours',
    `update usage_hours set calls = calls - 1 where status = 200`,
    [{ figure: 'calls', between: ['rows', 'hours'], values: [16, 15] }],
  ],
  [
    'days',
    `update usage_days set errors = errors - 1 where status = 500`,
    [{ figure: 'errors', between: ['rows', 'days'], values: [4, 3] }],
  ],
  [
    'daily sums',
    `update usage_daily set refused = refused + 1`,
    [{ figure: 'refused', between: ['rows', 'daily'], values: [2, 3] }],
  ],
];

test.each(planted)('a difference of one in %s is found', async (_, statement, details) => {
  await traffic(dayAgo(1));
  await quota(dayAgo(1), 0);
  await own.sql.unsafe(statement);

  const found = await reconcileDay(own.db, { day: dayAgo(1) });
  expect(found.differing).toEqual([{ teamId: key.teamId, difference: details.length, details }]);
  expect(await stored()).toMatchObject({ difference: details.length, details });
});

test('a lost row is a difference to every other figure', async () => {
  await traffic(dayAgo(1));
  await quota(dayAgo(1), 0);
  await own.sql`delete from usage_records where id = (select id from usage_records where status = 200 and node_id = ${dead} limit 1)`;

  const { differing } = await reconcileDay(own.db, { day: dayAgo(1) });
  const pairs = differing[0]!.details.map(({ figure, between }) => `${figure} ${between.join('/')}`);
  expect(pairs).toEqual([
    'counted grants/rows',
    ...['minutes', 'hours', 'days', 'daily'].map((source) => `counted rows/${source}`),
    ...['minutes', 'hours', 'days'].map((source) => `calls rows/${source}`),
  ]);
});

test('more requests than were granted are reported today; quota that gateways hold is not', async () => {
  await traffic(dayAgo(0));
  await quota(dayAgo(0), 10);
  await own.sql`update quota_grants set granted = granted - 11 where node_id = ${live}`;
  await own.sql`update quota_days set reserved = reserved - 11`;

  expect((await reconcileDay(own.db)).differing).toMatchObject([
    { difference: 1, details: [{ between: ['grants', 'rows'], values: [5, 6] }] },
  ]);
});

test('quota that a gateway holds of a past day is a difference', async () => {
  await traffic(dayAgo(1));
  await quota(dayAgo(1), 3);
  expect((await reconcileDay(own.db, { day: dayAgo(1) })).differing).toMatchObject([
    { difference: 3, details: [{ between: ['grants', 'rows'], values: [9, 6] }] },
  ]);
});

test('open requests are in the rows and the daily sums, and in the rollups once they are closed', async () => {
  await traffic(dayAgo(0));
  await quota(dayAgo(0), 10);
  await ingestLines(own.sql, live, [intentLine(aSpooledCall(key, new Date(), { day: dayAgo(0) }))]);
  expect((await reconcileDay(own.db)).differing).toEqual([]);
  expect(await stored()).toMatchObject({ rows: 13, open: 1, days: 12, daily: 13, held: 9 });

  await closeOpenCalls(own.sql, live);
  expect((await reconcileDay(own.db)).differing).toEqual([]);
  expect(await stored()).toMatchObject({ rows: 13, open: 0, days: 13, daily: 13 });
});

test('a difference keeps the time it was first found until it is resolved', async () => {
  await traffic(dayAgo(0));
  await quota(dayAgo(0), 0);
  await own.sql`update usage_days set counted = counted + 1 where status = 500`;
  await reconcileDay(own.db);
  const first = await stored();
  await reconcileDay(own.db);
  expect(await stored()).toMatchObject({ differs_since: first!.differs_since });
  expect((await stored())!.checked_at).not.toEqual(first!.checked_at);

  await own.sql`update usage_days set counted = counted - 1 where status = 500`;
  await reconcileDay(own.db);
  expect(await stored()).toMatchObject({ difference: 0, details: [], differs_since: null });
});

test('one team can be checked alone, and a day beyond its retention without its rows', async () => {
  const other = {
    ...(await aCredential(own.db, await anApplication(own.db, await aTeam(own.db)))),
    memberId: null,
  };
  await traffic(dayAgo(1));
  await quota(dayAgo(1), 0);
  await ingestLines(own.sql, v7(), [intentLine(aSpooledCall(other, new Date(`${dayAgo(1)}T00:00:01Z`)))]);
  expect(await reconcileDay(own.db, { day: dayAgo(1), teamId: key.teamId })).toMatchObject({
    teams: 1,
    differing: [],
  });
  expect(await reconcileDay(own.db, { day: dayAgo(1) })).toMatchObject({
    teams: 2,
    differing: [{ teamId: other.teamId, difference: 1 }], // A request without a grant.
  });

  await own.sql`update teams set retention_days = 1 where id = ${key.teamId}`;
  await own.sql`delete from usage_records`;
  await own.sql`update quota_days set day = day - 1`;
  await own.sql`update quota_grants set day = day - 1`;
  await own.sql`update usage_daily set day = day - 1`;
  for (const unit of ['minutes', 'hours', 'days'])
    await own.sql`update ${own.sql(`usage_${unit}`)} set bucket = bucket - interval '1 day'`;
  expect((await reconcileDay(own.db, { day: dayAgo(2), teamId: key.teamId })).differing).toEqual([]);
  expect((await own.sql`select rows from usage_reconciliations where day = ${dayAgo(2)}`)[0]).toEqual({
    rows: null,
  });
});
