import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { restartBackoff } from './restarts.ts';

const cleanup: (() => void)[] = [];
afterEach(() => {
  for (const undo of cleanup.splice(0)) undo();
});

/** A program with two workers. A worker crashes when it is started with an odd count of restarts. */
function startProgram() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-workers-'));
  const file = join(folder, 'program.ts');
  writeFileSync(
    file,
    `import cluster from 'node:cluster';
    import { followRestarts, superviseWorkers } from '${resolve('lib/process/workers.ts')}';
    import { restarts } from '${resolve('lib/process/restarts.ts')}';
    if (cluster.isPrimary) superviseWorkers(2);
    else {
      followRestarts();
      process.on('SIGTERM', () => process.exit(0));
      process.on('SIGUSR2', () => process.exit(7));
      setInterval(() => console.log(JSON.stringify({ worker: process.pid, restarts: restarts() })), 100);
    }`,
  );
  const child: ChildProcess = spawn(process.execPath, [file], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  cleanup.push(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const lines: Record<string, unknown>[] = [];
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n')) if (line.startsWith('{')) lines.push(JSON.parse(line));
    });
  const ended = new Promise((done) => child.once('exit', (code) => done(code)));
  return { child, lines, ended };
}

test('a worker that crashes is logged, restarted with growing waits, and counted in every worker', {
  timeout: 60_000,
}, async () => {
  const { child, lines, ended } = startProgram();
  const workers = () => [
    ...new Set(
      lines.filter((line) => 'restarts' in line && !('msg' in line)).map((line) => Number(line.worker)),
    ),
  ];
  const crashes = () => lines.filter(({ msg }) => msg === 'A gateway worker crashed and will be restarted');
  await expect.poll(() => workers().length, { timeout: 20_000 }).toBe(2);
  const [first, second] = workers();

  process.kill(first!, 'SIGUSR2');
  await expect.poll(() => workers().length, { timeout: 20_000 }).toBe(3);
  process.kill(workers().at(-1)!, 'SIGUSR2');
  await expect.poll(() => workers().length, { timeout: 20_000 }).toBe(4);

  expect(crashes()).toMatchObject([
    { level: 'error', worker: first, code: 7, restarts: 1, delayMs: 500 },
    { level: 'error', code: 7, restarts: 2, delayMs: 1_000 },
  ]);
  const countOf = (worker: number) =>
    lines.findLast((line) => line.worker === worker && !('msg' in line))?.restarts;
  await expect.poll(() => [countOf(second!), countOf(workers().at(-1)!)], { timeout: 5_000 }).toEqual([2, 2]);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('waits double up to half a minute, and are short again after a steady minute', () => {
  let now = 0;
  const backoff = restartBackoff(() => now);
  const waits = Array.from({ length: 9 }, () => backoff.delayMs(now));
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  const startedAt = now;
  now += 61_000;
  expect(backoff.delayMs(startedAt)).toBe(500);
});
