import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Embedded, startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { type Env, parseEnv } from '#lib/env.ts';
import { isAlive, processMark, readMark } from '#lib/process/identity.ts';

export type Part = { name: string; args: string[]; env?: NodeJS.ProcessEnv; priority?: Priority };

/**
 * How a process gives way to the others around it. `low` is a niceness of 10. `background` is Linux's SCHED_IDLE, or `low`
 * where that can't be had: whoever else wants a core has it at once, not at the end of a time slice.
 */
export type Priority = 'low' | 'background';

const node = process.execPath;
const next = join(process.cwd(), 'node_modules', 'next', 'dist', 'bin', 'next');
/** The gateway finishes calls under way for up to 25 s. */
const STOP_MS = 28_000;

/** Keeps Next from reading `.env` and its sisters: `run.mjs` reads the one there is, for all processes alike. */
export const NO_ENV_FILES = { __NEXT_PROCESSED_ENV: 'true' } as const;

/** Pages and password hashing give way to calls: a flood of sign-ins must not slow the gateway on a small machine. */
export const portalPart = (port: number, priority: Priority): Part => ({
  name: 'portal',
  priority,
  args: [next, 'start', '-p', String(port)],
  env: { NODE_ENV: 'production', ...NO_ENV_FILES },
});
export const devPortalPart = (port: number): Part => ({
  name: 'portal',
  args: [next, 'dev', '-p', String(port)],
  env: { NODE_ENV: 'development', ...NO_ENV_FILES },
});
/**
 * How a gateway is started. A small young generation halves its memory (260 to 130 MB before the first call) and costs
 * no throughput: what a call leaves behind is short-lived either way. An old one that may grow by a fifth keeps the texts
 * that were shipped to the database from piling up: at most 246 MB instead of 347, on a machine too busy to collect them.
 */
export const GATEWAY_ARGS = ['--max-semi-space-size=8', '--heap-growing-percent=20', 'gateway.ts'];
export const gatewayPart = (): Part => ({ name: 'gateway', args: GATEWAY_ARGS });

/** The database of a run and the environment its processes share. */
export type Ground = { settings: Env; env: NodeJS.ProcessEnv; url: string; release: () => Promise<void> };

/** Parses the environment, locks the data folder, starts the embedded database when none is given, and migrates. */
export async function prepare(): Promise<Ground> {
  const settings = parseEnv(process.env);
  const lock = lockFolder(settings.DATA_DIR);
  // The database hears of a Ctrl-C only from here. Its end begins with this process's.
  for (const signal of STOP_SIGNALS) process.on(signal, giveUp);
  let embedded: Embedded | undefined;
  try {
    if (!settings.DATABASE_URL) {
      console.log(`Starting the embedded PostgreSQL in ${join(settings.DATA_DIR, 'postgres')} …`);
      embedded = await startEmbedded(settings.DATA_DIR, [], { ownGroup: true });
    }
    const url = settings.DATABASE_URL ?? embedded!.url;
    await migrate(url);
    const env = {
      ...process.env,
      LATCHKEY_ENV: settings.isProduction ? 'production' : 'development',
      DATABASE_URL: url,
      DATA_DIR: settings.DATA_DIR,
      PORT: String(settings.PORT),
      GATEWAY_PORT: String(settings.GATEWAY_PORT),
      PORTAL_URL: settings.PORTAL_URL,
      GATEWAY_URL: settings.GATEWAY_URL,
      UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '8',
    };
    const release = async () => {
      await embedded?.stop();
      rmSync(lock, { force: true });
    };
    return { settings, env, url, release };
  } catch (error) {
    await embedded?.stop();
    rmSync(lock, { force: true });
    throw error;
  }
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const giveUp = () => process.exit(1);

/** Two installations on one data folder would fight over the embedded database. */
function lockFolder(dataDir: string): string {
  const path = join(dataDir, 'latchkey.lock');
  mkdirSync(dataDir, { recursive: true });
  const mark = existsSync(path) ? readMark(path) : null;
  if (mark && isAlive(mark) === true) {
    throw new Error(
      `Latchkey is running on ${dataDir} already (process ${mark.pid}). Stop it, or set another DATA_DIR.`,
    );
  }
  writeFileSync(path, JSON.stringify(processMark()));
  return path;
}

/** Fails with what to do when a port is taken. */
export async function needFreePorts(ports: Readonly<Record<string, number>>): Promise<void> {
  for (const [variable, port] of Object.entries(ports)) {
    if (port === 0) continue;
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, () => probe.close(() => resolve(true)));
    });
    if (!free)
      throw new Error(`Port ${port} is taken. Stop what uses it, or choose another with ${variable}=….`);
  }
}

/** Runs the parts until a signal comes: a part that ends is started again, ever more slowly. */
export function runParts(
  parts: readonly Part[],
  env: NodeJS.ProcessEnv,
  whenStopped: () => Promise<void>,
): void {
  const children = new Map<string, ChildProcess>();
  let stopping = false;

  function start(part: Part, failures: number): void {
    const startedAt = Date.now();
    const [command, ...args] = withPriority(part.priority, [node, ...part.args]);
    const child = spawn(command!, args, { env: { ...env, ...part.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    children.set(part.name, child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        for (const line of chunk.toString().split('\n'))
          if (line.trim()) console.log(`[${part.name}] ${line}`);
      });
    }
    child.once('exit', (code, signal) => {
      children.delete(part.name);
      if (stopping) return;
      const again = Date.now() - startedAt > 60_000 ? 0 : failures + 1;
      const waitMs = Math.min(30_000, 250 * 2 ** again);
      console.error(`[${part.name}] ended (${signal ?? code}); starting again in ${waitMs / 1000} s`);
      setTimeout(() => !stopping && start(part, again), waitMs);
    });
  }

  async function stop(): Promise<void> {
    if (stopping) return;
    stopping = true;
    console.log('Stopping …');
    const ended = [...children.values()].map(
      (child) => new Promise((resolve) => child.once('exit', resolve)),
    );
    for (const child of children.values()) child.kill('SIGTERM');
    const timer = setTimeout(() => {
      for (const child of children.values()) child.kill('SIGKILL');
    }, STOP_MS);
    await Promise.all(ended);
    clearTimeout(timer);
    await whenStopped();
    process.exit(0);
  }

  for (const part of parts) start(part, 0);
  // A starter that fails while its parts run takes them along.
  process.once('exit', () => {
    for (const child of children.values()) child.kill('SIGTERM');
  });
  // For good: a terminal and a service manager tell every process of the group, and who started this one tells it again.
  for (const signal of STOP_SIGNALS) process.on(signal, stop).off(signal, giveUp);
}

/** All threads of a process share the priority it was started with; a later `setpriority` would reach only one. */
export function withPriority(priority: Priority | undefined, command: string[]): string[] {
  if (priority === undefined || process.platform === 'win32') return command;
  if (priority === 'background' && canBeIdle()) return ['chrt', '-i', '0', ...command];
  return ['nice', '-n', '10', ...command];
}

/** `chrt` belongs to util-linux; a container may have none, or may not be allowed it. */
const canBeIdle = (): boolean =>
  spawnSync('chrt', ['-i', '0', process.execPath, '--version'], { stdio: 'ignore' }).status === 0;

/** Waits until an address answers 200; gives up after `timeoutMs`. */
export async function untilAnswers(url: string, timeoutMs = 60_000): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const answer = await fetch(url, { redirect: 'manual' }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer && answer.status < 500) return;
    if (performance.now() > giveUpAt) throw new Error(`${url} did not answer within ${timeoutMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** Prints an expected failure as its message alone, and ends with 1. */
export async function main(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    if (process.env.DEBUG && error instanceof Error) console.error(error.stack);
    process.exit(1);
  }
}
