import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ownDatabase } from '#tests/support/database.ts';
import { GATEWAY_ARGS } from './supervise.ts';

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
