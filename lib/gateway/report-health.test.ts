import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Operator } from '#lib/access/operator.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { logged } from '#tests/support/logged.ts';
import { healthProblems } from './health-problems.ts';
import { type GatewayNode, type Health, type NodeReport, readHealth } from './read-health.ts';
import { healthMetrics, type NodeHealth, startHealthReports } from './report-health.ts';

const operator = {} as Operator; // Only its type matters: it proves that the caller was checked.

let own: OwnDatabase;
beforeEach(async () => {
  own = await ownDatabase();
});
afterEach(() => own.drop());

const healthy: NodeHealth = {
  spool: { writable: true, bytes: 0, oldestLineAtMs: null, lastError: null, lastErrorAtMs: null },
  shipper: {
    ...{ setAside: [], notAdopted: [], quarantined: { segments: 0, bytes: 0 }, error: null, failures: 0 },
    ...{ keptBytes: 0, replayedSegments: 0 },
  },
  restarts: 0,
};
const at = Date.now() - 400_000;
const ill: NodeHealth = {
  spool: {
    ...{ writable: false, bytes: 5_000, oldestLineAtMs: at },
    ...{ lastError: 'ENOSPC: no space left on device', lastErrorAtMs: at },
  },
  shipper: {
    ...healthy.shipper,
    setAside: [{ segment: '0000000007.seg.rejected', error: 'cursed path', tries: 5 }],
    notAdopted: [{ folder: 'ab', error: 'EIO' }],
    quarantined: { segments: 1, bytes: 2_048 },
    keptBytes: 77,
  },
  restarts: 3,
};

const aNode = async (leaseSeconds = 30) => {
  const id = crypto.randomUUID();
  await own.sql`insert into gateway_nodes (id, mount, host, pid, lease_until, epoch_seen)
    values (${id}, 'node', 'host-1', 42, now() + make_interval(secs => ${leaseSeconds}), 0)`;
  return id;
};

test("another process can read a gateway's reports, which are updated", async () => {
  const nodeId = await aNode();
  let health = ill;
  const reports = startHealthReports({ sql: own.sql, nodeId, read: () => health, everyMs: 50 });
  const read = async () => (await readHealth({ sql: own.sql, operator })).nodes[0]?.report;
  await expect.poll(read).toMatchObject({
    ...{ spoolWritable: false, spoolBytes: 5_000, oldestLineAt: new Date(at), restarts: 3, keptBytes: 77 },
    ...{ lastError: 'ENOSPC: no space left on device', lastErrorAt: new Date(at) },
    ...{ quarantinedSegments: 1, quarantinedBytes: 2_048 },
    blocked: [
      { name: '0000000007.seg.rejected', error: 'cursed path' },
      { name: 'ab', error: 'EIO' },
    ],
  });
  health = healthy;
  await expect
    .poll(read)
    .toMatchObject({ spoolWritable: true, spoolBytes: 0, oldestLineAt: null, lastError: null, blocked: [] });
  await expect
    .poll(() => reports.installation())
    .toEqual({
      ...{ mailsWaiting: 0, mailsFailed: 0, oldestMailSeconds: 0, jobsFailed: 0 },
    });
  await reports.stop();
});

test('a gateway that can’t report logs why, and one that stopped responding stays visible', async () => {
  const lines = logged();
  const gone = await aNode(-10);
  await aNode(-4_000);
  const health = await readHealth({ sql: own.sql, operator });
  expect(health.nodes).toMatchObject([{ id: gone, isLive: false, report: null }]);
  await own.sql`alter table gateway_health rename to gateway_health_away`;
  const reports = startHealthReports({ sql: own.sql, nodeId: gone, read: () => healthy, everyMs: 20 });
  await expect
    .poll(() => lines)
    .toEqual([expect.stringMatching(/can't be reported.*"gateway_health" does not exist/)]);
  await reports.stop();
});

test("everything that needs an operator's attention is a metric", () => {
  const lines = healthMetrics(ill, 1_500, {
    ...{ mailsWaiting: 2, mailsFailed: 1, oldestMailSeconds: 60, jobsFailed: 4 },
  }).filter((line) => !line.startsWith('#'));
  expect(Object.fromEntries(lines.map((line) => line.split(' ')))).toMatchObject({
    ...{
      latchkey_spool_writable: '0',
      latchkey_spool_bytes: '5000',
      latchkey_spool_quarantined_segments: '1',
    },
    ...{ latchkey_spool_blocked: '2', latchkey_lease_age_seconds: '1.5', latchkey_restarts: '3' },
    ...{ latchkey_mails_waiting: '2', latchkey_mails_failed: '1', latchkey_jobs_failed: '4' },
    latchkey_spool_oldest_seconds: expect.stringMatching(/^4\d\d(\.\d+)?$/),
    latchkey_spool_last_error_timestamp_seconds: String(at / 1_000),
  });
});

const now = new Date('2026-05-01T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const report: NodeReport = {
  ...{ reportedAt: ago(3), spoolWritable: true, spoolBytes: 100, oldestLineAt: ago(1) },
  ...{ lastError: null, lastErrorAt: null, quarantinedSegments: 0, quarantinedBytes: 0 },
  ...{ blocked: [], keptBytes: 0, replayedSegments: 0, restarts: 0 },
};
const node: GatewayNode = {
  ...{ id: 'n', mount: 'node', host: 'host-1', pid: 42, startedAt: ago(90), isLive: true, upToDate: true },
  ...{ leaseUntil: ago(-20), report },
};
const fine: Health = {
  ...{ now, nodes: [node], epoch: 1, mailsWaiting: 0, mailsFailed: 0, oldestMailAt: null },
  ...{ openRequests: 0, serverVersion: '18' },
};
const reporting = (changes: Partial<NodeReport>): Health => ({
  ...fine,
  nodes: [{ ...node, report: { ...report, ...changes } }],
});

test.each<[string, Health, string[], string[]]>([
  ['nothing', fine, [], []],
  ['no gateway', { ...fine, nodes: [] }, [], ['No gateway is running']],
  [
    'a gateway that stopped responding',
    { ...fine, nodes: [node, { ...node, isLive: false }] },
    [],
    ['A gateway is not responding'],
  ],
  [
    'a full disk',
    reporting({ spoolWritable: false, lastError: 'ENOSPC', lastErrorAt: ago(1) }),
    [],
    ['Requests can’t be recorded and get 503'],
  ],
  [
    'usage that isn’t shipped',
    reporting({ oldestLineAt: ago(400), spoolBytes: 2_048, lastError: 'x', lastErrorAt: ago(1) }),
    [],
    ['2.0 KB of usage are not shipped to the database'],
  ],
  [
    'a rejected segment',
    reporting({
      ...{ quarantinedSegments: 1, quarantinedBytes: 512 },
      blocked: [{ name: '1.seg.rejected', error: 'x' }],
    }),
    [],
    ['The database rejected 1 spool segment (512 bytes)'],
  ],
  [
    'an unreadable folder',
    reporting({ blocked: [{ name: 'ab', error: 'EIO' }] }),
    [],
    ['1 part of the spool can’t be shipped'],
  ],
  ['an old error', reporting({ lastError: 'x', lastErrorAt: ago(3_600) }), [], []],
  [
    'a recent error',
    reporting({ lastError: 'x', lastErrorAt: ago(60) }),
    [],
    ['Recording usage failed recently'],
  ],
  ['no reports', reporting({ reportedAt: ago(90) }), [], ['A gateway stopped reporting its health']],
  ['late mail', { ...fine, mailsWaiting: 3, oldestMailAt: ago(700) }, [], ['3 emails can’t be sent']],
  ['failed mail', { ...fine, mailsFailed: 1 }, [], ['1 email failed after all attempts']],
  ['a failed job', fine, ['Clean up'], ['The last run of “Clean up” failed']],
])('needs attention: %s', (_, health, jobs, titles) => {
  expect(healthProblems(health, jobs).map(({ title }) => title)).toEqual(titles);
});
