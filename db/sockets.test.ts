import { afterEach, expect, inject, test, vi } from 'vitest';
import { log } from '#lib/process/log.ts';
import { tcpProxy } from '#tests/support/tcp-proxy.ts';
import { connect } from './client.ts';
import { openLiveness } from './liveness.ts';

const SILENCE_MS = 1_000;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The test database behind a proxy that can hang. */
async function proxied() {
  const url = new URL(inject('databaseUrl'));
  const proxy = await tcpProxy(Number(url.port));
  closers.push(proxy.stop);
  url.port = String(proxy.port);
  return { proxy, url: url.href };
}
function pool(url: string, silenceMs = SILENCE_MS) {
  const { sql } = connect(url, { max: 2, silenceMs });
  closers.push(() => sql.end({ timeout: 0 }));
  return sql;
}

test('a query without a response fails in time, and the pool recovers when the database is available again', async () => {
  const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
  const { proxy, url } = await proxied();
  const sql = pool(url);
  await sql`select 1`;
  proxy.hang();
  const startedAt = performance.now();
  await expect(Promise.all([sql`select 2`, sql`select 3`])).rejects.toThrow(/did not respond within 1 s/);
  expect(performance.now() - startedAt).toBeLessThan(SILENCE_MS + 1_500);
  expect(logged.mock.calls[0]?.[1]).toBe('The database did not respond in time. Closing the connection');

  proxy.restore();
  const again = () => sql<{ four: number }[]>`select 4 as four`;
  await expect
    .poll(
      () =>
        again().then(
          ([row]) => row?.four,
          () => null,
        ),
      { timeout: 5_000 },
    )
    .toBe(4);
});

test('a transaction whose connection was closed runs none of its later statements in another one', async () => {
  vi.spyOn(log, 'error').mockImplementation(() => {});
  const { proxy, url } = await proxied();
  const { sql } = connect(url, { max: 1, silenceMs: SILENCE_MS });
  closers.push(() => sql.end({ timeout: 0 }));
  await sql`create table if not exists transaction_probe (who text)`;
  closers.push(async () => {
    const { sql: direct } = connect(inject('databaseUrl'), { max: 1 });
    await direct`drop table transaction_probe`;
    await direct.end();
  });
  let resume = () => {};
  const paused = new Promise<void>((resolve) => {
    resume = resolve;
  });
  const dead = sql.begin(async (tx) => {
    await tx`select 1`;
    proxy.cut();
    await paused;
    await tx`insert into transaction_probe values ('dead')`;
  });
  await expect(dead).rejects.toThrow();
  proxy.restore();
  await expect
    .poll(
      () =>
        sql`select 1`.then(
          () => true,
          () => false,
        ),
      { timeout: 5_000 },
    )
    .toBe(true);
  await sql.begin(async (tx) => {
    await tx`insert into transaction_probe values ('alive')`;
    resume();
    await new Promise((resolve) => setTimeout(resolve, 100));
  });

  expect(await sql`select who from transaction_probe`).toEqual([{ who: 'alive' }]);
});

test('idle connections stay open, including a listening one', async () => {
  const { url } = await proxied();
  const sql = pool(url, 500);
  let heard = '';
  let listening = 0;
  await sql.listen(
    'silence_test',
    (payload) => {
      heard = payload;
    },
    () => void listening++,
  );
  const [before] = await sql`select pg_backend_pid() as pid`;
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const [after] = await sql`select pg_backend_pid() as pid`;
  await sql`select pg_notify('silence_test', 'still here')`;

  await expect.poll(() => heard).toBe('still here');
  expect([after, listening]).toEqual([before, 1]);
});

test('a query that takes longer than a check, but responds in time, succeeds', async () => {
  const sql = pool(inject('databaseUrl'), 2_000);
  expect(await sql`select 1 as one from pg_sleep(1.2)`).toEqual([{ one: 1 }]);
});

test('a database that hangs is noticed within two seconds, and other connections fail immediately', async () => {
  const errors = vi.spyOn(log, 'error').mockImplementation(() => {});
  const { proxy, url } = await proxied();
  const sql = pool(url, 60_000);
  await sql`select 1`;
  const liveness = openLiveness(url, { timeoutMs: 1_000, everyMs: 60_000 });
  closers.push(liveness.stop);
  expect(await liveness.responds()).toBe(true);

  await new Promise((resolve) => setTimeout(resolve, 60));
  proxy.hang();
  const startedAt = performance.now();
  const stuck = sql`select 2`.catch((error: Error) => error.message);
  expect(await liveness.responds()).toBe(false);
  expect(await stuck).toBe('The database does not respond');
  expect(performance.now() - startedAt).toBeLessThan(2_500);
  expect(errors.mock.calls.map(([, message]) => message)).toEqual(['The database does not respond']);

  proxy.restore();
  await expect.poll(() => liveness.responds(), { timeout: 6_000 }).toBe(true);
});

test('an unavailable database is reported immediately, with the cause', async () => {
  const errors = vi.spyOn(log, 'error').mockImplementation(() => {});
  const { proxy, url } = await proxied();
  proxy.cut();
  const liveness = openLiveness(url, { everyMs: 60_000 });
  closers.push(liveness.stop);
  const startedAt = performance.now();
  expect([await liveness.responds(), await liveness.responds()]).toEqual([false, false]);
  expect(performance.now() - startedAt).toBeLessThan(2_500);
  expect(errors.mock.calls).toEqual([[{ err: expect.any(Error) }, 'The database is unavailable']]);
});
