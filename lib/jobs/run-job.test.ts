import { eq } from 'drizzle-orm';
import type { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEvents } from '#db/schema/audit.ts';
import { asOperator, type Operator } from '#lib/access/operator.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { openBoss, registerJobs } from './open-boss.ts';
import { readJobs } from './read-jobs.ts';
import { runJob } from './run-job.ts';
import { SCHEDULE } from './schedule.ts';

let own: OwnDatabase;
let boss: PgBoss;
let operator: Operator;

beforeAll(async () => {
  own = await ownDatabase();
  boss = openBoss(own.url);
  await boss.start();
  // The real queues without workers, so that queued jobs stay queued.
  for (const { name } of SCHEDULE) await boss.createQueue(name, { policy: 'exclusive' });
  operator = asOperator(await aUser(own.db, { name: 'Olga Operator', isOperator: true }))!;
});
afterAll(async () => {
  await boss.stop({ graceful: false });
  await own.drop();
});
const context = () => ({ db: own.db, operator, boss });
const audited = () => auditTrail(own.db, eq(auditEvents.action, 'job.run'));

test('a job is queued manually once, with an audit row, even after twenty clicks', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => runJob(context(), { name: 'pruning' })),
  );

  expect(outcomes.filter(({ ok }) => ok)).toEqual([{ ok: true, title: 'Clean up' }]);
  expect(outcomes.filter(({ ok }) => !ok)).toContainEqual({ ok: false, reason: 'already_queued' });
  expect(await audited()).toMatchObject([
    { actorUserId: operator.userId, teamId: null, subjectKind: 'job', subjectId: 'pruning' },
  ]);
  const listed = await readJobs(context());
  expect(listed.map(({ name }) => name)).toEqual(SCHEDULE.map(({ name }) => name));
  expect(listed.find(({ name }) => name === 'pruning')!.runs).toMatchObject([
    { state: 'waiting', by: 'Olga Operator', startedAt: null, result: null },
  ]);
});

test('an unknown job and a process without jobs are reported', async () => {
  const before = (await audited()).length;
  expect(await runJob(context(), { name: 'no-such-job' })).toEqual({ ok: false, reason: 'not_found' });
  expect(await runJob({ ...context(), boss: null }, { name: 'pruning' })).toEqual({
    ok: false,
    reason: 'not_running',
  });
  expect(await audited()).toHaveLength(before);
});

test('the list shows how each run went, and when the next one is', async () => {
  await boss.send('review-reminders', null);
  const [done] = await boss.fetch('review-reminders');
  await boss.complete('review-reminders', done!.id, { did: '3 teams reminded.' });
  await boss.send('review-reminders', null, { retryLimit: 0 });
  const [failed] = await boss.fetch('review-reminders');
  await boss.fail('review-reminders', failed!.id, new Error('no connection'));

  const job = (await readJobs(context())).find(({ name }) => name === 'review-reminders')!;
  expect(job.runs).toMatchObject([
    { state: 'failed', result: 'no connection', tries: 1 },
    { state: 'done', result: '3 teams reminded.', by: null },
  ]);
  expect(job.runs[1]!.endedAt!.getTime()).toBeGreaterThanOrEqual(job.runs[1]!.startedAt!.getTime());
  expect(job.nextAt.getUTCMinutes()).toBe(20);
  expect(job.nextAt.getTime() - Date.now()).toBeLessThanOrEqual(3_600_000);
});

test(
  'before any process has started, jobs have no runs',
  withDb(async (db) => {
    const listed = await readJobs({ db, operator });
    expect(listed.every(({ runs }) => runs.length === 0)).toBe(true);
    expect(listed.length).toBeGreaterThan(2);
  }),
);

test('every job of the schedule is registered with a valid name and schedule', async () => {
  const other = await ownDatabase();
  const fresh = openBoss(other.url);
  await fresh.start();
  await registerJobs(fresh, SCHEDULE, async () => '');
  expect((await fresh.getSchedules()).map(({ name }) => name).sort()).toEqual(
    SCHEDULE.map(({ name }) => name).sort(),
  );
  await fresh.stop({ graceful: false });
  await other.drop();
});
