import { open, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type postgres from 'postgres';
import { isAlive, readMark } from '#lib/process/identity.ts';
import { closeOpenCalls, ingestSegments } from './ingest.ts';
import { encodeBatch, readSegment } from './segment.ts';
import { sequenceOf } from './segment-files.ts';
import type { Spool } from './spool.ts';

type Options = {
  sql: postgres.Sql;
  spool: Spool;
  dir: string;
  nodeId: string;
  /** Told when all that a process leaves behind is in the database: a dead one, or this one at its stop. */
  onAdopted?: (nodeId: string) => Promise<void>;
  everyMs?: number;
};

const ADOPT_EVERY_MS = 5_000;
/** So many bytes a second are spooled by a busy process: some 1,300 calls. */
const BUSY_BYTES_PER_SECOND = 1024 * 1024;
/** What is shipped at once however busy the process is: a second or so of a few hundred calls. */
const SMALL_BACKLOG_BYTES = 1024 * 1024;
/** So much goes to the database in one transaction: calls of the same key share one raise of a sum. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** A busy process ships what is spooled over this time, so the log lags under load and the calls do not. */
const BUSY_SPREAD_MS = 30_000;
/** A segment that can't be read is tried again after this time, then after ever longer ones. */
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 300_000;
/** Ends the name of a segment that the shipper writes itself: completions that came before their calls. */
const EARLY = '-early.seg';

const NODE_FOLDER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A segment of this process that can't be read. It stays one when it is gone: somebody may be about to bring it back. */
type Aside = { error: string; tries: number; retryAt: number };

/**
 * Moves closed segments to the database about every half second, its own and those of dead processes. An own one that can't
 * be read is set aside. One of a dead process holds up the rest of its folder: what is settled then must be complete, and
 * several processes may be adopting it.
 */
export function startShipper({ sql, spool, dir, nodeId, onAdopted, everyMs = 500 }: Options) {
  let stopped = false;
  let adoptAt = 0;
  let notBefore = 0;
  let rated = { at: performance.now(), bytes: 0 };
  let busy = false;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();
  const aside = new Map<string, Aside>();
  /** Folders of dead processes that could not be taken up, with the reason. */
  const notAdopted = new Map<string, string>();

  const schedule = (delayMs: number) => {
    if (stopped) return;
    timer = setTimeout(() => {
      turn = round().finally(() => schedule(everyMs));
    }, delayMs);
    timer.unref();
  };

  async function round(): Promise<void> {
    try {
      rate();
      if (!busy || performance.now() >= notBefore) await shipOwn();
      if (performance.now() >= adoptAt) {
        await adoptDead();
        adoptAt = performance.now() + ADOPT_EVERY_MS;
      }
    } catch {
      // The database is away or the disk is: the segments stay where they are until it is back.
    }
  }

  async function shipOwn(): Promise<void> {
    spool.rotate();
    const began = performance.now();
    const closed = spool.closedUpTo();
    const names = await segmentsIn(spool.folder);
    const own = names.filter((name) => Number.parseInt(name, 10) <= closed && isDue(name));
    while (own.length > 0) {
      const backlog = spool.backlog().unshippedBytes;
      const bytes = await shipBatch(spool.folder, own, nodeId);
      if (busy && !stopped && backlog > SMALL_BACKLOG_BYTES) {
        // Pace: this batch's share of the backlog is its share of the spread.
        notBefore = began + BUSY_SPREAD_MS * Math.min(1, bytes / backlog);
        break;
      }
    }
  }

  const isDue = (name: string) => stopped || performance.now() >= (aside.get(name)?.retryAt ?? 0);

  function setAside(name: string, error: unknown): void {
    const tries = (aside.get(name)?.tries ?? 0) + 1;
    const waitMs = Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** (tries - 1));
    const known = aside.has(name);
    aside.set(name, { error: messageOf(error), tries, retryAt: performance.now() + waitMs });
    if (!known) report(`segment ${nodeId}/${name} can't be read and is set aside: ${messageOf(error)}`);
  }

  /** Completions of calls that stand in a segment set aside wait in one of their own, until that one is in. */
  async function keepEarly(after: string, lines: string): Promise<void> {
    const file = await open(join(spool.folder, after.replace(/(-early)?\.seg$/, EARLY)), 'w', 0o600);
    try {
      await file.writeFile(encodeBatch(`${lines}\n`));
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  function rate(): void {
    const now = performance.now();
    const { writtenBytes } = spool.backlog();
    busy = (writtenBytes - rated.bytes) * 1_000 > BUSY_BYTES_PER_SECOND * (now - rated.at);
    rated = { at: now, bytes: writtenBytes };
  }

  /** Ships the first of the named segments and takes them off the list. Answers how much of the spool that was, in bytes. */
  async function shipBatch(folder: string, names: string[], owner: string): Promise<number> {
    const segments = [];
    const paths = [];
    const sizes = new Map<number, number>();
    const unkept = new Set<string>();
    let bytes = 0;
    let earlyBytes = 0;
    let last = '';
    while (names.length > 0 && bytes + earlyBytes < BATCH_BYTES) {
      const name = names.shift()!;
      if (aside.size > 0 && owner === nodeId && name.endsWith(EARLY)) continue; // Their calls may not be in yet.
      const path = join(folder, name);
      const file = await readFile(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return; // Another process adopted it at the same time.
        if (owner === nodeId) return setAside(name, error);
        throw new Error(`segment ${name} can't be read: ${error.message}`, { cause: error });
      });
      if (!file) continue;
      if (owner === nodeId) aside.delete(name);
      if (name.endsWith(EARLY)) earlyBytes += file.length;
      else {
        bytes += file.length;
        sizes.set(sequenceOf(name), file.length);
      }
      last = name;
      const { text, lines, damaged } = readSegment(file);
      if (damaged.length > 0 && !(await isKept(path, damaged))) unkept.add(path);
      segments.push({ id: `${owner}/${name}`, text, lines });
      paths.push(path);
    }
    const isBehind = owner === nodeId && aside.size > 0;
    await ingestSegments(sql, owner, segments, isBehind ? (lines) => keepEarly(last, lines) : undefined);
    for (const path of paths) {
      if (unkept.has(path) && (await isRenamed(path))) continue;
      await unlink(path).catch(ignoreMissing);
    }
    if (owner === nodeId) for (const [sequence, size] of sizes) spool.shipped(sequence, size);
    return bytes;
  }

  async function adoptDead(): Promise<void> {
    const names = (await readdir(dir)).filter((name) => name !== nodeId && NODE_FOLDER.test(name));
    for (const name of notAdopted.keys()) if (!names.includes(name)) notAdopted.delete(name);
    for (const name of names) {
      // Tried again; one that can't be read must not keep the others waiting.
      await adopt(name).then(
        () => notAdopted.delete(name),
        (error: unknown) => notAdopted.set(name, messageOf(error)),
      );
    }
  }

  async function adopt(name: string): Promise<void> {
    if (!(await isDead(name))) return;
    const folder = join(dir, name);
    const left = await segmentsIn(folder);
    while (left.length > 0) await shipBatch(folder, left, name);
    await closeOpenCalls(sql, name);
    await onAdopted?.(name);
    await clear(folder);
  }

  /** The folder goes last: as long as it is there, whoever finds it takes up what is left to do. */
  async function leave(): Promise<void> {
    await shipOwn();
    if ((await segmentsIn(spool.folder)).length > 0) return;
    await closeOpenCalls(sql, nodeId);
    await onAdopted?.(nodeId);
    await clear(spool.folder);
  }

  async function isDead(owner: string): Promise<boolean> {
    const mark = readMark(join(dir, owner, 'process.json'));
    const alive = mark ? isAlive(mark) : 'unknown';
    if (alive !== 'unknown') return !alive;
    const [row] =
      await sql`select 1 from gateway_nodes where id = ${owner} and stopped_at is null and lease_until > now()`;
    return !row && (await stat(join(dir, owner))).mtimeMs < Date.now() - 60_000;
  }

  schedule(everyMs);

  return {
    /** What could not be shipped, and why: own segments that are set aside, and folders of dead processes. */
    status: () => ({
      setAside: [...aside].map(([segment, { error, tries }]) => ({ segment, error, tries })),
      notAdopted: [...notAdopted].map(([folder, error]) => ({ folder, error })),
    }),
    /** Ships what there is, once, if the database answers; what does not go stays for others, or the next start. */
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await turn;
      await spool.close();
      await leave().catch(() => {});
    },
  };
}

async function segmentsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.seg')).sort();
}

/** Sets damaged bytes aside. A disk that is full has no room for them, and must not keep the segments from going. */
const isKept = (path: string, damaged: Buffer): Promise<boolean> =>
  writeFile(damagedOf(path), damaged).then(
    () => true,
    () => false,
  );

/** Sets the whole segment aside instead, which takes no room. */
const isRenamed = (path: string): Promise<boolean> =>
  rename(path, damagedOf(path)).then(
    () => true,
    () => false,
  );

const damagedOf = (path: string) => `${path}.damaged`;

/** Removes an emptied folder; damaged pieces are kept for whoever wants to look. */
async function clear(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name !== 'process.json');
  if (left.length === 0) await rm(folder, { recursive: true, force: true });
  else if (left.every((name) => name.endsWith('.damaged')))
    await rm(join(folder, 'process.json'), { force: true });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function report(message: string): void {
  const at = new Date().toISOString();
  process.stderr.write(`${JSON.stringify({ level: 'error', at, where: 'usage spool', message })}\n`);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return; // Another process adopted it at the same time.
  throw error;
}
