import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateways, startGateways } from '#tests/support/gateways.ts';
import { temporaryFolder, until } from '#tests/support/processes.ts';
import { settledRecords } from '#tests/support/settled-records.ts';
import { tcpProxy } from '#tests/support/tcp-proxy.ts';

/** A spool on a full disk of 256 KiB: requests that can't be recorded are rejected before they are forwarded. */

const cannotMount = whyNoMount();
const folder = temporaryFolder();
const spool = join(folder.path, 'spool');
let running: Gateways;
let proxy: Awaited<ReturnType<typeof tcpProxy>>;

beforeAll(async () => {
  if (cannotMount) return;
  mkdirSync(spool);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', spool]);
  running = await startGateways(1, async ({ databaseUrl }) => {
    const { port } = new URL(databaseUrl);
    proxy = await tcpProxy(Number(port));
    return { DATA_DIR: folder.path, DATABASE_URL: databaseUrl.replace(`:${port}/`, `:${proxy.port}/`) };
  });
});

afterAll(async () => {
  await running?.stop();
  await proxy?.stop();
  if (!cannotMount) execFileSync('umount', ['-l', spool]);
  folder.remove();
});

async function call() {
  const response = await fetch(`${running.gateways[0]!.origin}/stub/ok`, {
    headers: { 'X-API-Key': running.keys.good.secretKey },
  });
  const text = await response.text();
  return {
    status: response.status,
    code: response.status === 200 ? null : (JSON.parse(text) as { code: string }).code,
  };
}

const ready = async () => {
  const response = await fetch(`${running.gateways[0]!.origin}/_/readyz`);
  const { spool } = (await response.json()) as { spool: { writable: boolean; lastError: string | null } };
  return { status: response.status, ...spool };
};

test('on a full disk requests get 503 before the upstream and the gateway isn’t ready; both recover once there is space', async (context) => {
  // A run that must not skip this test sets the variable: then the reason fails it.
  if (cannotMount && process.env.REQUIRE_DISK_FULL) throw new Error(cannotMount);
  if (cannotMount) context.skip(`A small disk can't be mounted: ${cannotMount}`);
  expect(await ready()).toMatchObject({ status: 200, writable: true });
  expect(await call()).toEqual({ status: 200, code: null });
  // Without the database nothing is shipped, so no space is freed.
  proxy.cut();
  fill(join(spool, 'ballast'));
  let answered = 1;
  await until(async () => {
    const { status, code } = await call();
    if (status === 200) answered++;
    else expect({ status, code }).toEqual({ status: 503, code: 'metering_unavailable' });
    return status === 503;
  }, 'a full disk');

  const seen = running.upstream.seen.length;
  for (let i = 0; i < 20; i++) expect((await call()).code).toBe('metering_unavailable');
  expect(await ready()).toMatchObject({
    ...{ status: 503, writable: false },
    lastError: expect.stringContaining('ENOSPC'),
  });
  // It doesn't become ready while nothing has changed, even without requests that fail.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await ready()).toMatchObject({ status: 503, writable: false });
  expect(running.upstream.seen.length).toBe(seen);

  rmSync(join(spool, 'ballast'));
  await until(async () => (await ready()).status === 200, 'the gateway to be ready again', 5_000);
  await until(async () => (await call()).status === 200, 'requests once there is space', 5_000);
  answered++;
  proxy.restore();
  const rows = await settledRecords(running.own.sql, folder.path);
  expect(rows.filter((row) => row.outcome === 'answered')).toHaveLength(answered);
  expect(rows.filter((row) => row.status !== 200 || row.outcome !== 'answered')).toEqual([]);
  expect(running.upstream.seen).toHaveLength(answered);
});

/** Uses up all the space that is left. */
function fill(path: string): void {
  try {
    for (;;) appendFileSync(path, Buffer.alloc(4096));
  } catch {
    // Full.
  }
}

/** Mounting takes a privilege that not every machine gives its tests. Null if it works. */
function whyNoMount(): string | null {
  const probe = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe.path], { stdio: 'ignore' });
    execFileSync('umount', [probe.path], { stdio: 'ignore' });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    probe.remove();
  }
}
