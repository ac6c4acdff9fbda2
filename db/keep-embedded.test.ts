import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { log } from '#lib/process/log.ts';
import { temporaryFolder } from '#tests/support/processes.ts';
import { connect } from './client.ts';
import { startEmbedded } from './embedded.ts';
import { type KeptEmbedded, keepEmbedded } from './keep-embedded.ts';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo();
});

const serverPid = (folder: string) =>
  (JSON.parse(readFileSync(join(folder, 'postgres.json'), 'utf8')) as { server: { pid: number } }).server.pid;

async function answersAt(url: string): Promise<boolean> {
  const { sql } = connect(url, { max: 1 });
  return sql`select 1`
    .then(
      () => true,
      () => false,
    )
    .finally(() => sql.end({ timeout: 0 }));
}

test('an embedded PostgreSQL that is killed is restarted at the same address', {
  timeout: 120_000,
}, async () => {
  const errors = vi.spyOn(log, 'error').mockImplementation(() => {});
  const folder = temporaryFolder();
  cleanup.push(folder.remove);
  const kept: KeptEmbedded = await keepEmbedded(folder.path);
  cleanup.push(kept.stop);
  const before = serverPid(folder.path);

  process.kill(before, 'SIGKILL');
  await expect
    .poll(() => serverPid(folder.path) !== before && answersAt(kept.url), { timeout: 60_000 })
    .toBe(true);
  expect(errors.mock.calls[0]).toEqual([
    { code: null, signal: 'SIGKILL' },
    'The embedded PostgreSQL stopped and will be restarted',
  ]);
});

test("an embedded PostgreSQL that can't be restarted is given up", { timeout: 120_000 }, async () => {
  vi.spyOn(log, 'error').mockImplementation(() => {});
  const folder = temporaryFolder();
  cleanup.push(folder.remove);
  const kept = await keepEmbedded(folder.path);
  cleanup.push(kept.stop);
  const pid = serverPid(folder.path);
  rmSync(join(folder.path, 'postgres', 'global'), { recursive: true });
  process.kill(pid, 'SIGKILL');
  expect(String(await kept.lost)).toContain('The embedded PostgreSQL failed 5 times');
});

test.runIf(process.platform === 'linux')(
  "a postmaster.pid from before a reboot doesn't keep the database from starting",
  { timeout: 120_000 },
  async () => {
    const folder = temporaryFolder();
    cleanup.push(folder.remove);
    await (await startEmbedded(folder.path)).stop();
    // Another program has the PID now. As root, the server runs as another user, and PostgreSQL doesn't check further.
    const other = spawn(
      'setpriv',
      process.getuid?.() === 0 ? ['--reuid=65534', '--clear-groups', 'sleep', '300'] : ['true'],
    );
    const program = process.getuid?.() === 0 ? other : spawn('sleep', ['300']);
    cleanup.push(() => void program.kill());
    const path = join(folder.path, 'postgres', 'postmaster.pid');
    writeFileSync(path, `${program.pid}\n${join(folder.path, 'postgres')}\n1796000000\n5432\n\n127.0.0.1\n`);

    const again = await startEmbedded(folder.path);
    cleanup.push(again.stop);
    expect(await answersAt(again.url)).toBe(true);
  },
);
