import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DayLimit } from '#lib/admission/day-limits.ts';
import { reconcileDay } from '#lib/metering/reconcile.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { logged } from '#tests/support/logged.ts';
import { temporaryFolder } from '#tests/support/processes.ts';
import { anEnd, aSpooledCall } from '#tests/support/usage-rows.ts';
import { startMetering } from './metering.ts';

let own: OwnDatabase;
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(async () => {
  own = await ownDatabase();
  folder = temporaryFolder();
});
afterEach(async () => {
  await own.drop();
  folder.remove();
});

const LIMIT = 200;
const TABLES = [
  ...['usage_records', 'usage_minutes', 'usage_hours', 'usage_days', 'usage_daily', 'usage_clients'],
  ...['usage_segments', 'quota_days', 'quota_grants'],
];
const clock = { nowMs: Date.now, day: () => new Date().toISOString().slice(0, 10) };

test('after a failover that loses commits, usage and quota are exact again, and the limit is never exceeded', async () => {
  logged();
  const team = await aTeam(own.db, { dailyQuota: LIMIT });
  const key = { ...(await aCredential(own.db, await anApplication(own.db, team))), memberId: null };
  const limit: DayLimit = {
    ...{ kind: 'team', subjectId: team.teamId, key: `team:${team.teamId}`, requests: LIMIT },
  };
  const nodeId = crypto.randomUUID();
  await own.sql`insert into gateway_nodes (id, mount, host, pid, lease_until, epoch_seen)
    values (${nodeId}, 'node', 'test', 1, now() + interval '1 hour', 0)`;
  const metering = await startMetering({
    ...{ sql: own.sql, nodeId, clock, spoolDir: folder.path, durability: 'process' },
    listen: async (channel, onPayload) => void (await own.sql.listen(channel, onPayload)),
    ...{ keep: { forMs: 60_000, bytesMax: 1024 ** 3 }, restarts: () => 0 },
  });
  let admitted = 0;
  const request = async () => {
    const taken = await metering.quota.take({ limits: [limit] });
    if (!taken.ok) return false;
    admitted++;
    const call = aSpooledCall(key, new Date(), { day: taken.day });
    await metering.spool.intent(call);
    await metering.spool.complete(call, anEnd());
    return true;
  };
  const stored = async () => {
    const [row] = await own.sql<{ n: number }[]>`
      select count(*)::int as n from usage_records where counted and outcome = 'answered'`;
    return row!.n;
  };
  for (let i = 0; i < 40; i++) await request();
  await expect.poll(stored, { timeout: 10_000 }).toBe(40);
  for (const table of TABLES) await own.sql.unsafe(`create table before_${table} as select * from ${table}`);
  for (let i = 0; i < 90; i++) await request();
  await expect.poll(stored, { timeout: 10_000 }).toBe(130);

  await own.sql.begin(async (tx) => {
    for (const table of TABLES)
      await tx.unsafe(`delete from ${table}; insert into ${table} select * from before_${table}`);
  });
  expect(await stored()).toBe(40);
  await expect.poll(stored, { timeout: 20_000 }).toBe(130);
  await expect.poll(() => metering.status().replayedSegments).toBeGreaterThan(0);

  while (await request()); // Up to the limit.
  expect(admitted).toBe(LIMIT);
  await metering.stop();
  expect(await stored()).toBe(LIMIT);
  expect((await reconcileDay(own.db)).differing).toEqual([]);
}, 60_000);
