import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { freePort, type Running, responds, start, temporaryFolder, until } from '#tests/support/processes.ts';

/** A gateway that can't serve says so. `disk-full.test.ts` covers the full disk. */

let own: OwnDatabase;
let gateway: Running;
let origin: string;
const folder = temporaryFolder();

beforeAll(async () => {
  own = await ownDatabase();
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  gateway = start(['gateway.ts'], {
    ...{ DATABASE_URL: own.url, DATA_DIR: folder.path, GATEWAY_PORT: String(port) },
    ...{ GATEWAY_LEASE_SECONDS: '2', DRAIN_SECONDS: '2' },
  });
  await until(responds(`${origin}/_/readyz`), 'the gateway');
});
afterAll(async () => {
  await gateway?.stop();
  await own?.drop();
  folder.remove();
});

async function readiness() {
  const response = await fetch(`${origin}/_/readyz`);
  const body = (await response.json()) as { ready: boolean; leaseLive: boolean; draining: boolean };
  return { status: response.status, ...body };
}
const becomes = (ready: boolean) =>
  until(async () => (await readiness()).ready === ready, ready ? 'readiness' : 'unreadiness');

test('with a read-only database the lease ends and the gateway isn’t ready; both recover', async () => {
  expect(await readiness()).toMatchObject({ status: 200, ready: true, leaseLive: true, draining: false });
  await own.sql.unsafe(
    `do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$`,
  );
  const endConnections = () => own.sql`
    select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  await endConnections();
  await becomes(false);
  expect(await readiness()).toMatchObject({ status: 503, leaseLive: false });
  expect((await fetch(`${origin}/_/healthz`)).status).toBe(200);

  await own.sql.begin(async (tx) => {
    await tx`set transaction read write`;
    await tx.unsafe(
      `do $$ begin execute format('alter database %I reset default_transaction_read_only', current_database()); end $$`,
    );
  });
  await endConnections();
  await becomes(true);
  expect(await readiness()).toMatchObject({ status: 200, leaseLive: true });
});

test('a gateway that drains isn’t ready, and responds until it stops', async () => {
  const stopped = gateway.stop();
  await becomes(false);
  expect(await readiness()).toMatchObject({ status: 503, draining: true, leaseLive: true });
  await stopped;
});
