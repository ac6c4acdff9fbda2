import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateways, startGateways } from '#tests/support/gateways.ts';
import { temporaryFolder, until } from '#tests/support/processes.ts';
import { settledRecords } from '#tests/support/settled-records.ts';
import { tcpProxy } from '#tests/support/tcp-proxy.ts';

/** A spool on a disk of 256 KiB that fills up: what can't be recorded is refused before it is forwarded. */

const mounts = canMount();
const folder = temporaryFolder();
const spool = join(folder.path, 'spool');
let running: Gateways;
let proxy: Awaited<ReturnType<typeof tcpProxy>>;

beforeAll(async () => {
  if (!mounts) return;
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
  if (mounts) execFileSync('umount', ['-l', spool]);
  folder.remove();
});

async function call() {
  const answer = await fetch(`${running.gateways[0]!.origin}/stub/ok`, {
    headers: { 'X-API-Key': running.keys.good.secretKey },
  });
  const text = await answer.text();
  return {
    status: answer.status,
    code: answer.status === 200 ? null : (JSON.parse(text) as { code: string }).code,
  };
}

test.runIf(mounts)('a full disk: 503 before the upstream, and calls again once there is room', async () => {
  expect(await call()).toEqual({ status: 200, code: null });
  // With the database away nothing is shipped, so nothing makes room.
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
  expect(running.upstream.seen.length).toBe(seen);

  rmSync(join(spool, 'ballast'));
  await until(async () => (await call()).status === 200, 'calls once there is room', 5_000);
  answered++;
  proxy.restore();
  const rows = await settledRecords(running.own.sql, folder.path);
  expect(rows.filter((row) => row.outcome === 'answered')).toHaveLength(answered);
  expect(rows.filter((row) => row.status !== 200 || row.outcome !== 'answered')).toEqual([]);
  expect(running.upstream.seen).toHaveLength(answered);
});

/** Takes all the room that is left. */
function fill(path: string): void {
  try {
    for (;;) appendFileSync(path, Buffer.alloc(4096));
  } catch {
    // Full.
  }
}

/** Mounting takes a privilege that not every machine gives its tests. */
function canMount(): boolean {
  const probe = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe.path], { stdio: 'ignore' });
    execFileSync('umount', [probe.path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    probe.remove();
  }
}
