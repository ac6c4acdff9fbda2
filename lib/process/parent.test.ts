import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { processMark } from './identity.ts';

const started: ChildProcess[] = [];
const orphans: number[] = [];
const runs = (pid: number) => processMark(pid).started !== '';
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const pid of orphans.splice(0)) if (runs(pid)) process.kill(pid, 'SIGKILL');
});

/** A parent that starts a child that runs forever, and prints its PID. */
async function family(env: string): Promise<{ parent: ChildProcess; child: number }> {
  const program = `import { spawn } from 'node:child_process';
    const child = spawn(process.execPath, ['--import', './lib/process/follow-parent.ts', '--eval', 'setInterval(() => {}, 1000)'], {
      env: { ...process.env, ${env} }, stdio: 'ignore' });
    console.log(child.pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  started.push(parent);
  const pid = await new Promise<number>((resolve) =>
    parent.stdout.once('data', (chunk) => resolve(Number(chunk))),
  );
  orphans.push(pid);
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // Until it follows its parent.
  return { parent, child: pid };
}

test('a process stops when its parent is killed', { timeout: 30_000 }, async () => {
  const { parent, child } = await family('LATCHKEY_PARENT_PID: String(process.pid)');
  expect(runs(child)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => runs(child), { timeout: 10_000 }).toBe(false);
});

test('a process that wasn’t set to follow its parent keeps running, as with nohup', {
  timeout: 30_000,
}, async () => {
  const { parent, child } = await family('LATCHKEY_PARENT_PID: ""');
  parent.kill('SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(runs(child)).toBe(true);
});
