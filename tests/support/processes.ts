import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Priority, withPriority } from '#lib/process/priority.ts';
import { NO_ENV_FILES } from '../../scripts/supervise.ts';

const root = process.cwd();
const node = join(root, 'node_modules', 'node', 'bin', 'node');

export type Running = {
  child: ChildProcess;
  output: () => string;
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
};

/** Starts one of the product's processes. `output` is everything it has printed so far. */
export function start(
  args: readonly string[],
  env: Record<string, string>,
  priority?: Priority,
  cwd = root,
): Running {
  const { NODE_ENV: _, VITEST: __, ...inherited } = process.env;
  const [command, ...rest] = withPriority(priority, [node, ...args]);
  const child = spawn(command!, rest, {
    cwd,
    env: { ...inherited, NODE_ENV: 'development', TZ: 'Pacific/Chatham', ...NO_ENV_FILES, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  return {
    child,
    output: () => output,
    stop: (signal = 'SIGTERM') =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
        child.once('exit', (code) => resolve(code));
        child.kill(signal);
      }),
  };
}

/** A free port. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }; // A TCP socket has a port.
      probe.close(() => resolve(port));
    });
  });
}

export async function until(
  check: () => Promise<boolean> | boolean,
  what: string,
  timeoutMs = 60_000,
): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  while (!(await Promise.resolve(check()).catch(() => false))) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const responds = (url: string) => async () => {
  const response = await fetch(url, { redirect: 'manual' });
  await response.arrayBuffer();
  return response.status < 500;
};

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'latchkey-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
