import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { log } from '#lib/process/log.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { settings } from '#tests/support/settings.ts';
import type { Job } from './schedule.ts';
import { type Jobs, startJobs } from './start-jobs.ts';

let own: OwnDatabase;
const running: Jobs[] = [];
const rejections: unknown[] = [];
const onRejection = (reason: unknown) => void rejections.push(reason);

beforeAll(async () => {
  own = await ownDatabase();
  process.on('unhandledRejection', onRejection);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((jobs) => jobs.stop()));
  await own.sql`drop schema if exists jobs cascade`;
  expect(rejections).toEqual([]);
});
afterAll(() => {
  process.off('unhandledRejection', onRejection);
  return own.drop();
});

const job = (run: Job['run'], values: Partial<Job> = {}): Job => ({
  ...{ name: 'probe', title: 'Probe', does: 'Counts.', cron: '0 0 1 1 *', when: 'Never' },
  ...{ timeoutSeconds: 30, run, ...values },
});

/** The jobs of one portal process, connected to `url`. */
function aProcess(schedule: Job[], url = own.url) {
  const jobs = startJobs({
    settings,
    ...{ url, db: own.db, sql: own.sql, schedule },
    intervals: { pollSeconds: 0.5, cronSeconds: 1 },
  });
  running.push(jobs);
  return jobs;
}

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000, interval: 50 });
const minute = () => Math.floor(Date.now() / 60_000);

test('four processes that start together share one schema, and a due job runs once', async () => {
  const ranIn: number[] = [];
  const schedule = [
    job(
      async () => {
        ranIn.push(minute());
        return 'Counted.';
      },
      { cron: '* * * * *' },
    ),
  ];
  const processes = Array.from({ length: 4 }, () => aProcess(schedule));
  await Promise.all(processes.map(({ started }) => started));

  await eventually(() => expect(ranIn.length).toBeGreaterThan(0));
  await new Promise((resolve) => setTimeout(resolve, 3_000));

  expect(ranIn.length).toBe(new Set(ranIn).size); // Once a minute across all processes.
}, 60_000);

test('a job that is queued while it runs isn’t started a second time in any process', async () => {
  let now = 0;
  let most = 0;
  let runs = 0;
  const schedule = [
    job(async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      now--;
      return `Run ${++runs}.`;
    }),
  ];
  const [one, other] = [aProcess(schedule), aProcess(schedule)];
  await Promise.all([one.started, other.started]);

  const asked = await Promise.all(
    Array.from({ length: 10 }, (_, i) => (i % 2 ? one : other).boss()!.send('probe', null)),
  );
  await eventually(() => expect(runs).toBe(1));

  expect(asked.filter(Boolean)).toHaveLength(1);
  expect(most).toBe(1);
});

test('a failed run is logged with its cause, visible without query values, and retried', async () => {
  let tries = 0;
  const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
  const run = async () => {
    if (++tries === 1) {
      const cause = new Error('duplicate key');
      throw new Error('Failed query: insert … params: ada@example.com', { cause });
    }
    return 'Done.';
  };
  const jobs = aProcess([job(run)]);
  await jobs.started;
  await jobs.boss()!.send('probe', null, { retryDelay: 1, retryBackoff: false });

  await eventually(() => expect(tries).toBe(2));

  expect(logged.mock.calls).toEqual([
    [
      {
        job: 'probe',
        err: expect.objectContaining({ cause: expect.objectContaining({ message: 'duplicate key' }) }),
      },
      'job failed',
    ],
  ]);
  const kept = await own.sql`select output from jobs.job where name = 'probe'`;
  expect(JSON.stringify(kept)).not.toContain('ada@example.com');
});

test('a failure is logged even right after a queue error', async () => {
  const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
  const jobs = aProcess([
    job(async () => {
      throw new Error('disk full');
    }),
  ]);
  await jobs.started;
  jobs.boss()!.emit('error', Object.assign(new Error('no connection'), { queue: 'probe', worker: 'x' }));
  await jobs.boss()!.send('probe', null, { retryLimit: 0 });

  await eventually(() => expect(logged).toHaveBeenCalledTimes(2));
  expect(logged.mock.calls[1]).toMatchObject([{ job: 'probe', err: { message: 'disk full' } }, 'job failed']);
});

test('a job that was due while no process was running runs at the next start, once', async () => {
  const ran: string[] = [];
  const run = (name: string) =>
    job(
      async () => {
        ran.push(name);
        return '';
      },
      { name, cron: '0 4 * * *' },
    );
  const schedule = [run('missed'), run('on-time'), run('never-ran')];
  const first = aProcess(schedule);
  await first.started;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(ran, 'a new installation has missed nothing').toEqual([]);
  for (const name of ['missed', 'on-time']) await first.boss()!.send(name, null);
  await eventually(() => expect(ran.sort()).toEqual(['missed', 'on-time']));
  await first.stop();
  ran.length = 0;
  await own.sql`update jobs.job set created_on = created_on - interval '2 days' where name = 'missed'`;
  await own.sql`update jobs.queue set created_on = created_on - interval '9 days' where name = 'never-ran'`;

  await Promise.all([aProcess(schedule), aProcess(schedule)].map(({ started }) => started));
  await eventually(() => expect(ran.sort()).toEqual(['missed', 'never-ran']));
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(ran.sort()).toEqual(['missed', 'never-ran']);
}, 60_000);

test('a job that is no longer scheduled is removed', async () => {
  const first = aProcess([job(async () => '', { name: 'gone' }), job(async () => '')]);
  await first.started;
  await first.stop();
  await aProcess([job(async () => '')]).started;

  expect(await own.sql`select name from jobs.schedule`).toEqual([{ name: 'probe' }]);
});

test('stopping waits for a running job', async () => {
  let ended = false;
  const jobs = aProcess([
    job(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      ended = true;
      return '';
    }),
  ]);
  await jobs.started;
  await jobs.boss()!.send('probe', null);
  await eventually(async () =>
    expect(await own.sql`select state from jobs.job where name = 'probe'`).toEqual([{ state: 'active' }]),
  );

  await jobs.stop();

  expect(ended).toBe(true);
  expect(await own.sql`select state from jobs.job where name = 'probe'`).toEqual([{ state: 'completed' }]);
});

test('jobs survive killed connections and an unavailable database, with few log lines', async () => {
  const proxy = await aProxy();
  const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
  let runs = 0;
  const run = async () => `Run ${++runs}.`;
  const jobs = aProcess([job(run)], proxy.url);
  await jobs.started;
  const queueAndRun = async () => {
    const before = runs;
    await eventually(() => jobs.boss()!.send('probe', null));
    await eventually(() => expect(runs).toBe(before + 1));
  };

  await own.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'latchkey-jobs'`;
  await queueAndRun();
  await proxy.cut();
  await new Promise((resolve) => setTimeout(resolve, 4_000)); // Eight polls, four checks of the schedule.
  await proxy.restore();
  await queueAndRun();

  expect(logged.mock.calls.length).toBeGreaterThan(0);
  expect(logged.mock.calls.length).toBeLessThanOrEqual(2);
  await jobs.stop();
  await proxy.cut();
}, 60_000);

test('jobs wait for a database that is unavailable at the start, and can be stopped meanwhile', async () => {
  const proxy = await aProxy();
  await proxy.cut();
  const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
  const jobs = aProcess([job(async () => '')], proxy.url);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(jobs.boss()).toBeNull();
  await proxy.restore();
  await jobs.started;
  expect(jobs.boss()).not.toBeNull();
  expect(logged).toHaveBeenCalledTimes(1);
  await jobs.stop();
  await proxy.cut();

  const hopeless = aProcess([], proxy.url);
  await hopeless.stop(); // Returns even though the database never responded.
}, 60_000);

/** A proxy in front of the database that can be cut off. */
async function aProxy() {
  const target = new URL(own.url);
  const sockets = new Set<Socket>();
  const open = (port: number) =>
    new Promise<Server>((resolve) => {
      const server = createServer((inside) => {
        const outside = dial(Number(target.port), target.hostname);
        for (const socket of [inside, outside]) {
          sockets.add(socket);
          socket.on('error', () => {});
          socket.on('close', () => {
            sockets.delete(socket);
            inside.destroy();
            outside.destroy();
          });
        }
        inside.pipe(outside).pipe(inside);
      });
      server.listen(port, '127.0.0.1', () => resolve(server));
    });
  let server = await open(0);
  const { port } = server.address() as { port: number }; // A TCP server has one.
  const url = new URL(own.url);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    async cut() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async restore() {
      server = await open(port);
    },
  };
}
