import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type KeptEmbedded, keepEmbedded } from '#db/keep-embedded.ts';
import { migrate } from '#db/migrate.ts';
import { type Env, parseEnv } from '#lib/env.ts';
import { lockDataFolder } from '#lib/process/data-folder.ts';
import { explainError } from '#lib/process/describe-error.ts';
import { isPretty, log } from '#lib/process/log.ts';
import { PARENT, stopWithParent } from '#lib/process/parent.ts';
import { type Priority, withPriority } from '#lib/process/priority.ts';
import { restartBackoff } from '#lib/process/restarts.ts';

export type Part = { name: string; args: string[]; env?: NodeJS.ProcessEnv; priority?: Priority };

const node = process.execPath;
const next = join(process.cwd(), 'node_modules', 'next', 'dist', 'bin', 'next');
const followParent = ['--import', './lib/process/follow-parent.ts'];
/** Longer than a gateway takes to drain, ship its spool and end its lease with the default DRAIN_SECONDS. */
const STOP_MS = 28_000;

/** Keeps Next from reading `.env` and its variants. `run.mjs` reads the file once for all processes. */
export const NO_ENV_FILES = { __NEXT_PROCESSED_ENV: 'true' } as const;

/** Where a port listens: on all addresses unless a host is given. */
type Address = { host?: string | undefined; port: number };

const listenArgs = ({ host, port }: Address): string[] => [...(host ? ['-H', host] : []), '-p', String(port)];

/** The addresses that the portal and the gateway listen on, and the URLs that this machine uses for them. */
export function addresses(settings: Pick<Env, 'HOST' | 'PORT' | 'GATEWAY_HOST' | 'GATEWAY_PORT'>) {
  const portal = { host: settings.HOST, port: settings.PORT };
  const gateway = { host: settings.GATEWAY_HOST, port: settings.GATEWAY_PORT };
  return {
    portal,
    gateway,
    reach: {
      portal: (path: string) => localUrl(portal, path),
      gateway: (path: string) => localUrl(gateway, path),
    },
  };
}

function localUrl({ host, port }: Address, path: string): string {
  const name = !host || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}${path}`;
}

/** Pages and password hashing yield to API requests: a flood of sign-ins must not slow down the gateway. */
export const portalPart = (address: Address, priority: Priority): Part => ({
  name: 'portal',
  priority,
  args: [...followParent, next, 'start', ...listenArgs(address)],
  env: { NODE_ENV: 'production', ...NO_ENV_FILES },
});
export const devPortalPart = (address: Address): Part => ({
  name: 'portal',
  args: [...followParent, next, 'dev', ...listenArgs(address)],
  env: { NODE_ENV: 'development', ...NO_ENV_FILES },
});
/**
 * How a gateway is started. A small young generation halves its memory (130 instead of 260 MB before the first request)
 * without costing throughput. An old generation that can grow by a fifth keeps shipped usage from piling up on a machine
 * that is too busy to collect it: at most 246 MB instead of 347.
 */
export const GATEWAY_ARGS = ['--max-semi-space-size=8', '--heap-growing-percent=20', 'gateway.ts'];
export const gatewayPart = (): Part => ({ name: 'gateway', args: [...followParent, ...GATEWAY_ARGS] });

/** The database of a run, and the environment that its processes share. */
export type Ground = {
  settings: Env;
  env: NodeJS.ProcessEnv;
  url: string;
  /** Resolves if the embedded database can't be restarted. */
  lost: Promise<Error>;
  release: () => Promise<void>;
};

/** Parses the environment, locks the data folder, starts the embedded database if there is no other, and migrates. */
export async function prepare(): Promise<Ground> {
  process.umask(0o077); // Nothing in the data folder is for other users of the machine.
  const settings = parseEnv(process.env);
  const unlock = lockDataFolder(settings.DATA_DIR);
  // A Ctrl-C reaches the database only through this process.
  for (const signal of STOP_SIGNALS) process.on(signal, giveUp);
  let embedded: KeptEmbedded | undefined;
  const release = async () => {
    await embedded?.stop();
    unlock();
  };
  try {
    if (!settings.DATABASE_URL) {
      log.info({ folder: join(settings.DATA_DIR, 'postgres') }, 'Starting the embedded PostgreSQL');
      embedded = await keepEmbedded(settings.DATA_DIR);
    }
    const url = settings.DATABASE_URL ?? embedded!.url;
    await migrate(settings.DATABASE_LISTEN_URL ?? url);
    const env = {
      ...process.env,
      ...(isPretty() ? { LOG_FORMAT: 'pretty' } : {}),
      LATCHKEY_ENV: settings.isProduction ? 'production' : 'development',
      DATABASE_URL: url,
      DATA_DIR: settings.DATA_DIR,
      HOST: settings.HOST ?? '',
      GATEWAY_HOST: settings.GATEWAY_HOST ?? '',
      PORT: String(settings.PORT),
      GATEWAY_PORT: String(settings.GATEWAY_PORT),
      PORTAL_URL: settings.PORTAL_URL,
      GATEWAY_URL: settings.GATEWAY_URL,
      UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '8',
    };
    return { settings, env, url, lost: embedded?.lost ?? new Promise(() => {}), release };
  } catch (error) {
    await release();
    throw error;
  }
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const giveUp = () => process.exit(1);

/** How long a port of a process that is stopping is waited for. */
const PORT_WAIT_MS = 5_000;

/** Fails with advice if a port is in use. */
export async function needFreePorts(ports: Readonly<Record<string, Address>>): Promise<void> {
  const giveUpAt = performance.now() + PORT_WAIT_MS;
  for (const [variable, { host, port }] of Object.entries(ports)) {
    if (port === 0) continue;
    for (let problem = await tryPort(host, port); problem; problem = await tryPort(host, port)) {
      if (problem === 'EADDRNOTAVAIL')
        throw new Error(
          `${host} is not an address of this machine. Set ${variable.replace('PORT', 'HOST')}.`,
        );
      if (problem === 'EACCES')
        throw new Error(`You don't have permission to use port ${port}. Choose another with ${variable}=….`);
      if (performance.now() > giveUpAt)
        throw new Error(
          `Port ${port} is already in use. Stop the program that uses it, or choose another with ${variable}=….`,
        );
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** The code of the error if the port can't be used. */
const tryPort = (host: string | undefined, port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    const free = () => probe.close(() => resolve(undefined));
    host ? probe.listen(port, host, free) : probe.listen(port, free);
  });

/** Runs the processes until a signal arrives. A process that crashes is restarted after growing waits. */
export function runParts(
  parts: readonly Part[],
  {
    env,
    release,
    lost,
    settings,
  }: Pick<Ground, 'env' | 'release'> & Partial<Pick<Ground, 'lost' | 'settings'>>,
): void {
  const children = new Map<string, ChildProcess>();
  let stopping = false;

  function start(part: Part, restarts: number, backoff: ReturnType<typeof restartBackoff>): void {
    const startedAt = Date.now();
    const [command, ...args] = withPriority(part.priority, [node, ...part.args]);
    const child = spawn(command!, args, {
      env: {
        ...env,
        ...part.env,
        [PARENT]: String(process.pid),
        LATCHKEY_PART: part.name,
        LATCHKEY_RESTARTS: String(restarts),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.set(part.name, child);
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => passOn(part.name, line));
    child.once('exit', (code, signal) => {
      children.delete(part.name);
      if (stopping) return;
      const delayMs = backoff.delayMs(startedAt);
      log.error(
        { part: part.name, code, signal, restarts: restarts + 1, delayMs },
        'A process crashed and will be restarted',
      );
      setTimeout(() => !stopping && start(part, restarts + 1, backoff), delayMs);
    });
  }

  async function stop(exitCode: number): Promise<void> {
    if (stopping) return;
    stopping = true;
    log.info('Stopping');
    const ended = [...children.values()].map(
      (child) => new Promise((resolve) => child.once('exit', resolve)),
    );
    for (const child of children.values()) child.kill('SIGTERM');
    const timer = setTimeout(
      () => {
        for (const child of children.values()) child.kill('SIGKILL');
      },
      STOP_MS + (settings?.DRAIN_SECONDS ?? 0) * 1_000,
    );
    await Promise.all(ended);
    clearTimeout(timer);
    await release();
    process.exit(exitCode);
  }

  for (const part of parts) start(part, 0, restartBackoff());
  void lost?.then((err) => {
    log.fatal({ err }, 'The embedded PostgreSQL has stopped');
    return stop(1);
  });
  // If the start script fails while its processes run, they are stopped.
  process.once('exit', () => {
    for (const child of children.values()) child.kill('SIGTERM');
  });
  // `on`, not `once`: a terminal and a service manager signal every process of the group, and the parent signals again.
  for (const signal of STOP_SIGNALS) process.on(signal, () => void stop(0)).off(signal, giveUp);
}

/** Log lines of a process are passed through. Other output becomes a log line, or gets a prefix on a terminal. */
function passOn(part: string, line: string): void {
  if (line.trim() === '') return;
  if (isPretty()) process.stderr.write(`[${part}] ${line}\n`);
  else if (line.startsWith('{"level":')) process.stderr.write(`${line}\n`);
  else log.info({ part }, line);
}

/** Waits until a URL responds without a server error. */
export async function untilAnswers(url: string, timeoutMs = 60_000): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const response = await fetch(url, { redirect: 'manual' }).catch(() => undefined);
    await response?.body?.cancel();
    if (response && response.status < 500) return;
    if (performance.now() > giveUpAt) throw new Error(`${url} did not respond within ${timeoutMs / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** Runs a program. A failure is printed in one line with its causes, and the process exits with 1. */
export async function main(run: () => Promise<void>): Promise<void> {
  stopWithParent();
  try {
    await run();
  } catch (error) {
    console.error(explainError(error));
    if (process.env.DEBUG && error instanceof Error) console.error(error.stack);
    process.exit(1);
  }
}
