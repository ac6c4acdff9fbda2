import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plans } from '#db/schema/plans.ts';
import { teams } from '#db/schema/teams.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { aCall, anEnd, aSpooledCall, ingestLines } from '#tests/support/usage-rows.ts';
import { completionLine, intentLine } from './lines.ts';
import { dropExpiredUsage, ensureUsagePartitions, indexClosedDays } from './partitions.ts';

let own: OwnDatabase;
let today: Date;

beforeEach(async () => {
  own = await ownDatabase();
  today = new Date(new Date().setUTCHours(0, 0, 0, 0));
});
afterEach(() => own.drop());

const DAY_MS = 86_400_000;
/** A time of the UTC day this many days ago. */
const ago = (days: number, ms = 0) => new Date(today.getTime() - days * DAY_MS + ms);
const named = (at: Date, parent = 'usage_records') =>
  `${parent}_${at.toISOString().slice(0, 10).replaceAll('-', '')}`;
const partitionOf = async (id: string) =>
  (await own.sql`select tableoid::regclass::text as name from usage_records where id = ${id}`)[0]?.name;
const partition = (at: Date, parent = 'usage_records') =>
  own.sql`select make_usage_partition(${parent}, ${at.toISOString().slice(0, 10)}::date)`;

async function aKey() {
  const key = await aCredential(own.db, await anApplication(own.db, await aTeam(own.db)));
  return { ...key, memberId: null };
}
const callAt = (key: Awaited<ReturnType<typeof aKey>>, at: Date) =>
  aCall(own.db, key, { id: v7({ msecs: at.getTime() }), at, day: at.toISOString().slice(0, 10) });

test('a row goes to the partition of its UTC day, to the millisecond', async () => {
  const key = await aKey();
  const [last, first] = [await callAt(key, ago(0, -1)), await callAt(key, ago(0))];
  expect(await partitionOf(last.id)).toBe(named(ago(1)));
  expect(await partitionOf(first.id)).toBe(named(ago(0)));
  expect(await partitionOf((await callAt(key, ago(-8, -1))).id)).toBe(named(ago(-7)));
});

test('rows of a day without a partition go to the default one, and move with all indexes when it gets one', async () => {
  const key = await aKey();
  const early = aSpooledCall(key, ago(-9, 5_000));
  await ingestLines(own.sql, v7(), [intentLine(early), completionLine(early, anEnd())]);
  const strange = await aCall(own.db, key, { id: crypto.randomUUID() });
  expect(await partitionOf(early.id)).toBe('usage_records_default');

  expect(await ensureUsagePartitions(own.db)).toBe(2); // For the rows and for the minutes.
  expect(await partitionOf(early.id)).toBe(named(ago(-9)));
  expect(await partitionOf(strange.id)).toBe('usage_records_default');
  const [minutes] = await own.sql`select tableoid::regclass::text as name, calls from usage_minutes`;
  expect(minutes).toEqual({ name: named(ago(-9), 'usage_minutes'), calls: 1 });
  const at = await own.sql`select outcome from usage_records where team_id = ${key.teamId} order by id desc`;
  expect(at).toHaveLength(2);
  await expect(aCall(own.db, key, { id: early.id })).rejects.toThrow();
});

test('several processes create the partitions of the coming days once', async () => {
  const made = await Promise.all(
    Array.from({ length: 6 }, () => ensureUsagePartitions(own.db, { daysAhead: 12 })),
  );
  expect(made.toSorted((a, b) => Number(a) - Number(b))).toEqual([0, 0, 0, 0, 0, 10]);
  expect(await ensureUsagePartitions(own.db, { daysAhead: 12 })).toBe(0);
});

test.each(['usage_records_default', 'usage_minutes_default'])(
  'creating partitions doesn’t wait for a long read of %s and delays no request',
  async (name) => {
    const key = await aKey();
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    const reading = own.sql.begin(async (tx) => {
      await tx`select count(*) from ${tx(name)}`;
      open();
      await closed;
    });
    await opened;
    const making = ensureUsagePartitions(own.db, { daysAhead: 8 });
    const late = await callAt(key, ago(-20)); // Goes to the default partition and waits for any lock on it.
    expect(await making).toBe(null);
    expect(await partitionOf(late.id)).toBe('usage_records_default');
    close();
    await reading;
    expect(await ensureUsagePartitions(own.db, { daysAhead: 8 })).toBe(3); // And the day of the late request.
  },
);

test('a past day gets its readers’ indexes once, from any process; today gets none', async () => {
  const key = await aKey();
  for (const days of [2, 3]) await partition(ago(days));
  const late = await callAt(key, ago(2, 60_000));
  const indexesOf = async (at: Date) =>
    (await own.sql`select indexname from pg_indexes where tablename = ${named(at)}`).length;
  const open = await indexesOf(ago(0));

  const done = await Promise.all([indexClosedDays(own.db), indexClosedDays(own.db)]);
  const over = 3 - (Date.now() - ago(0).getTime() < 3_600_000 ? 1 : 0); // Yesterday counts as past only after an hour.

  expect(Math.max(...done)).toBe(over);
  expect(await indexClosedDays(own.db)).toBe(0);
  expect(await indexesOf(ago(0))).toBe(open);
  expect(await indexesOf(ago(2))).toBe(open + 5);
  expect(await callAt(key, ago(2, 120_000))).toMatchObject({ day: late.day });
});

test('a day in use gets its indexes at the next run, and nothing waits', async () => {
  await partition(ago(2));
  const other = await own.sql.reserve();
  await other.unsafe(`begin; lock table ${named(ago(2))} in row exclusive mode`);
  const done = await indexClosedDays(own.db);
  await other`commit`;
  other.release();

  expect(await indexClosedDays(own.db)).toBe(1);
  expect(done).toBeLessThan(2);
});

test('a day that no team keeps is dropped; on other days, rows of teams with a shorter retention are deleted', async () => {
  const [short, long] = [await aKey(), await aKey()];
  await own.db.update(plans).set({ retentionDays: 3 });
  await own.db.update(teams).set({ retentionDays: 6 }).where(sql`id = ${long.teamId}`);
  for (const days of [2, 3, 4, 6, 7]) await partition(ago(days));
  for (const key of [short, long]) for (const days of [0, 3, 4, 6, 7]) await callAt(key, ago(days, 60_000));
  const aside = await aCall(own.db, short, { id: crypto.randomUUID(), day: '2026-01-01' });

  const done = await dropExpiredUsage(own.db);

  expect(done).toEqual({ dropped: [named(ago(7))], busy: [], deleted: 3 });
  const left =
    await own.sql`select team_id, ((now() at time zone 'utc')::date - day)::int as age from usage_records order by id desc`;
  expect(left.filter(({ team_id }) => team_id === short.teamId).map(({ age }) => age)).toEqual([0, 3]);
  expect(left.filter(({ team_id }) => team_id === long.teamId).map(({ age }) => age)).toEqual([0, 3, 4, 6]);
  expect(await partitionOf(aside.id)).toBeUndefined();
  expect(await dropExpiredUsage(own.db)).toEqual({ dropped: [], busy: [], deleted: 0 });
});

test('minutes are kept for three days, hours and client addresses for a hundred, days permanently', async () => {
  const key = await aKey();
  for (const days of [2, 3]) await partition(ago(days), 'usage_minutes');
  for (const days of [2, 3, 99, 100, 4_000]) {
    const call = aSpooledCall(key, ago(days, 1_000), { clientIp: `192.0.2.${days % 250}` });
    await ingestLines(own.sql, v7(), [intentLine(call), completionLine(call, anEnd())]);
  }
  await own.sql`update usage_segments set shipped_at = now() - interval '40 days' where id = (select min(id) from usage_segments)`;
  await dropExpiredUsage(own.db);

  const ages = (table: string, column: string) =>
    own.sql.unsafe(
      `select ((now() at time zone 'utc')::date - ${column})::int as age from ${table} order by 1`,
    );
  const day = `(bucket at time zone 'utc')::date`;
  const of = (rows: readonly Record<string, unknown>[]) => rows.map(({ age }) => age);
  expect(of(await ages('usage_hours', day))).toEqual([2, 3, 99]);
  expect(of(await ages('usage_clients', 'day'))).toEqual([2, 3, 99]);
  expect(of(await ages('usage_days', day))).toEqual([2, 3, 99, 100, 4_000]);
  expect(await own.sql`select to_regclass(${named(ago(3), 'usage_minutes')}) as gone`).toEqual([
    { gone: null },
  ]);
  expect(of(await ages(named(ago(2), 'usage_minutes'), day))).toEqual([2]);
  expect((await own.sql`select 1 from usage_segments`).length).toBe(4);
});

test('a partition in use is left for the next run, and nothing waits long', async () => {
  await partition(ago(500));
  const done = await own.sql.begin(async (reader) => {
    await reader`select count(*) from usage_records`;
    return dropExpiredUsage(own.db);
  });
  expect(done).toMatchObject({ dropped: [], busy: [named(ago(500))] });
  expect((await dropExpiredUsage(own.db)).dropped).toEqual([named(ago(500))]);
});

test(
  'the first ID of a time is the smallest of that time',
  withDb(async (db) => {
    const at = Date.UTC(2026, 4, 1, 12, 0, 0, 123);
    const [row] = await db.execute<{ id: string }>(
      sql`select usage_id_from(${new Date(at).toISOString()}::timestamptz)::text as id`,
    );
    expect(row!.id < v7({ msecs: at })).toBe(true);
    expect(row!.id > v7({ msecs: at - 1 })).toBe(true);
  }),
);
