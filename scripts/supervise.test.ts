import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ownDatabase } from '#tests/support/database.ts';
import { GATEWAY_ARGS, type Priority, withPriority } from './supervise.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Waits for a line, then asks the process twice to stop, as a service manager and a supervisor together do. */
async function stoppedTwice(args: string[], ready: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env } });
  started.push(child);
  let said = '';
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(ready)) resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    void ended.then(() => reject(new Error(`It ended early: ${said}`)));
  });
  child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGTERM');
  return { end: await ended, said };
}

test('a supervisor that is told twice to stop still waits for its parts', async () => {
  const part =
    "process.on('SIGTERM', () => setTimeout(() => { console.log('drained'); process.exit(0); }, 300)); console.log('up'); setInterval(() => {}, 1000);";
  const run = `import { runParts } from './scripts/supervise.ts';
    runParts([{ name: 'part', args: ['--eval', ${JSON.stringify(part)}] }], process.env, async () => console.log('released'));`;

  const { end, said } = await stoppedTwice(['--input-type=module', '--eval', run], '[part] up');

  expect(said).toContain('[part] drained');
  expect(said).toContain('released');
  expect(end).toBe(0);
});

test('a gateway that is told twice to stop still ends in order', async () => {
  const own = await ownDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-stop-'));
  try {
    const { end } = await stoppedTwice(GATEWAY_ARGS, 'Gateway listens', {
      ...{ DATABASE_URL: own.url, DATA_DIR: folder, GATEWAY_PORT: '0', LATCHKEY_ENV: 'development' },
    });
    expect(end).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
    await own.drop();
  }
});

/** Scheduling policy and niceness of a process, as it sees them itself (proc_pid_stat(5), fields 41 and 19). */
function scheduled(priority: Priority | undefined): { policy: number; niceness: number } {
  const read =
    "const fields = require('node:fs').readFileSync('/proc/self/stat', 'utf8').split(') ').pop().split(' '); console.log(JSON.stringify({ policy: Number(fields[38]), niceness: Number(fields[16]) }))";
  const [command = '', ...args] = withPriority(priority, [process.execPath, '--eval', read]);
  return JSON.parse(execFileSync(command, args, { encoding: 'utf8' }));
}

test.runIf(process.platform === 'linux')('a process runs as it was asked to give way', () => {
  const own = scheduled(undefined);
  const lower = { ...own, niceness: Math.min(19, own.niceness + 10) };
  const SCHED_IDLE = 5;
  const hasChrt = spawnSync('chrt', ['-V']).status === 0;

  expect(scheduled('low')).toEqual(lower);
  expect(scheduled('background')).toEqual(hasChrt ? { ...own, policy: SCHED_IDLE } : lower);
});
