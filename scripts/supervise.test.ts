import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { processMark } from '#lib/process/identity.ts';
import { type Priority, withPriority } from '#lib/process/priority.ts';
import { ownDatabase } from '#tests/support/database.ts';
import { GATEWAY_ARGS } from './supervise.ts';

// Under NODE_ENV=test the log is silent.
const environment = { ...process.env, NODE_ENV: 'development' as const };
const started: ChildProcess[] = [];
const servers: number[] = [];
/** A zombie has no start time. */
const runs = (pid: number) => processMark(pid).started !== '';
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const pid of servers.splice(0)) if (runs(pid)) process.kill(pid, 'SIGQUIT');
});

/** Waits for a line, then signals the process twice, as a service manager and a supervisor do together. */
async function stoppedTwice(args: string[], ready: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, args, { env: { ...environment, ...env } });
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
    void ended.then(() => reject(new Error(`It exited early: ${said}`)));
  });
  child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGTERM');
  return { end: await ended, said };
}

test('a supervisor that is signaled twice still waits for its processes', async () => {
  const part =
    "process.on('SIGTERM', () => setTimeout(() => { console.log('drained'); process.exit(0); }, 300)); console.log('up'); setInterval(() => {}, 1000);";
  const run = `import { runParts } from './scripts/supervise.ts';
    runParts([{ name: 'part', args: ['--eval', ${JSON.stringify(part)}] }], { env: process.env, release: async () => console.log('released') });`;

  const { end, said } = await stoppedTwice(
    ['--input-type=module', '--eval', run],
    '"part":"part","msg":"up"',
  );

  expect(said).toContain('"msg":"drained"');
  expect(said).toContain('released');
  expect(end).toBe(0);
});

test('a supervisor whose embedded database is given up stops its processes and exits with 1', async () => {
  const part =
    "process.on('SIGTERM', () => { console.log('drained'); process.exit(0); }); console.log('up'); setInterval(() => {}, 1000);";
  const run = `import { runParts } from './scripts/supervise.ts';
    const lost = new Promise((resolve) => setTimeout(resolve, 1_500, new Error('The embedded PostgreSQL failed 5 times')));
    runParts([{ name: 'part', args: ['--eval', ${JSON.stringify(part)}] }], { env: process.env, lost, release: async () => console.log('released') });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', run], { env: environment });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));

  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
  expect(said).toContain('The embedded PostgreSQL failed 5 times');
  expect(said).toContain('"msg":"drained"');
  expect(said).toContain('released');
});

test.runIf(process.platform === 'linux')(
  'a start script that fails while its processes run stops them',
  async () => {
    const part = "console.log('part ' + process.pid); setInterval(() => {}, 1000);";
    const run = `import { main, runParts } from './scripts/supervise.ts';
    await main(async () => {
      runParts([{ name: 'part', args: ['--eval', ${JSON.stringify(part)}] }], { env: process.env, release: async () => {} });
      await new Promise((resolve) => process.once('SIGUSR2', resolve));
      throw new Error('nothing responses');
    });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', run], { env: environment });
    started.push(child);
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    await expect.poll(() => said, { timeout: 10_000 }).toMatch(/part \d+/);
    child.kill('SIGUSR2');
    await new Promise((resolve) => child.once('exit', resolve));
    const pid = Number(/part (\d+)/.exec(said)![1]);
    await expect.poll(() => runs(pid), { timeout: 5_000 }).toBe(false);
  },
);

test('a gateway that is signaled twice still shuts down cleanly', { timeout: 60_000 }, async () => {
  const own = await ownDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-stop-'));
  try {
    const { end } = await stoppedTwice(GATEWAY_ARGS, 'Gateway listening', {
      ...{ DATABASE_URL: own.url, DATA_DIR: folder, GATEWAY_PORT: '0', LATCHKEY_ENV: 'development' },
    });
    expect(end).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
    await own.drop();
  }
});

/** A supervised run with the embedded database, as the leader of a process group, which a terminal signals on Ctrl-C. */
async function runWithDatabase(folder: string, part = 'setInterval(() => {}, 1000);') {
  const run = `import { prepare, runParts } from './scripts/supervise.ts';
    const ground = await prepare();
    console.log('up: ' + JSON.parse(readFileSync(ground.settings.DATA_DIR + '/postgres.json')).server.pid);
    runParts([{ name: 'part', args: ['--input-type=module', '--eval', ${JSON.stringify(part)}] }], { ...ground, release: async () => {
      await ground.release();
      console.log('released');
    } });`;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', `import { readFileSync } from 'node:fs'; ${run}`],
    { detached: true, env: { ...environment, DATABASE_URL: '', DATA_DIR: folder } },
  );
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
  await expect.poll(() => said, { timeout: 60_000, interval: 50 }).toMatch(/up: \d+|Error/);
  const server = Number(/up: (\d+)/.exec(said)?.[1]);
  servers.push(server);
  return { child, ended, said: () => said, server };
}
test.runIf(process.platform === 'linux')(
  'Ctrl-C in the terminal stops the embedded database last, and the next start stops that of a killed supervisor',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-group-'));
    const part = `import postgres from 'postgres';
      const sql = postgres(process.env.DATABASE_URL, { max: 1 });
      await sql\`select 1\`;
      for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
      process.once('SIGTERM', () => setTimeout(async () => {
        await sql\`select 1\`.then(() => console.log('still answered'), (error) => console.log(error.message));
        process.exit(0);
      }, 700));
      console.log('connected');
      setInterval(() => {}, 1000);`;
    try {
      const first = await runWithDatabase(folder, part);
      await expect.poll(first.said, { timeout: 20_000 }).toContain('"msg":"connected"');
      process.kill(-first.child.pid!, 'SIGINT');
      expect(await first.ended).toBe(0);
      expect(first.said()).toMatch(/"msg":"Stopping".*"msg":"still answered".*released/s);
      expect(runs(first.server)).toBe(false);

      const killed = await runWithDatabase(folder);
      process.kill(-killed.child.pid!, 'SIGKILL'); // The database isn't in this group.
      await expect.poll(() => killed.child.signalCode).toBe('SIGKILL');
      expect(runs(killed.server)).toBe(true);

      const next = await runWithDatabase(folder);
      expect([runs(killed.server), runs(next.server)]).toEqual([false, true]);
      process.kill(next.child.pid!, 'SIGTERM');
      expect(await next.ended).toBe(0);
      expect(runs(next.server)).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

test.runIf(process.platform === 'linux')(
  'a start script that fails or is stopped before its processes run stops the embedded database',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-early-'));
    try {
      const run = `import { readFileSync } from 'node:fs';
        import { main, prepare } from './scripts/supervise.ts';
        await main(async () => {
          const { settings } = await prepare();
          console.log('up: ' + JSON.parse(readFileSync(settings.DATA_DIR + '/postgres.json')).server.pid);
          if (process.argv[1] === 'fail') throw new Error('no demo data');
          await new Promise((resolve) => setTimeout(resolve, 60_000));
        });`;
      for (const how of ['fail', 'wait']) {
        const child = spawn(process.execPath, ['--input-type=module', '--eval', run, how], {
          env: { ...environment, DATABASE_URL: '', DATA_DIR: folder },
        });
        started.push(child);
        let said = '';
        child.stdout.on('data', (chunk) => {
          said += chunk;
          if (how === 'wait' && said.includes('up: ')) child.kill('SIGINT');
        });
        await new Promise((resolve) => child.once('exit', resolve));
        const server = Number(/up: (\d+)/.exec(said)?.[1]);
        await expect.poll(() => runs(server), { timeout: 20_000 }).toBe(false);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

/** Scheduling policy and niceness of a process, as reported by itself (proc_pid_stat(5), fields 41 and 19). */
function scheduled(priority: Priority | undefined): { policy: number; niceness: number } {
  const read =
    "const fields = require('node:fs').readFileSync('/proc/self/stat', 'utf8').split(') ').pop().split(' '); console.log(JSON.stringify({ policy: Number(fields[38]), niceness: Number(fields[16]) }))";
  const [command = '', ...args] = withPriority(priority, [process.execPath, '--eval', read]);
  return JSON.parse(execFileSync(command, args, { encoding: 'utf8' }));
}

test.runIf(process.platform === 'linux')('a process runs with the priority it was given', () => {
  const own = scheduled(undefined);
  const lower = { ...own, niceness: Math.min(19, own.niceness + 10) };
  const SCHED_IDLE = 5;
  // Even with chrt, a container may not have permission to use it.
  const canBeIdle = spawnSync('chrt', ['-i', '0', 'true']).status === 0;

  expect(scheduled('low')).toEqual(lower);
  expect(scheduled('background')).toEqual(canBeIdle ? { ...own, policy: SCHED_IDLE } : lower);
});
