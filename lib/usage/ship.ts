import { readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type postgres from 'postgres';
import { closeOpenCalls, ingestSegments } from './ingest.ts';
import { isAlive, readMark } from './process-mark.ts';
import { readSegment } from './segment.ts';
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

const NODE_FOLDER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Moves closed segments to the database about every half second, its own and those of dead processes. */
export function startShipper({ sql, spool, dir, nodeId, onAdopted, everyMs = 500 }: Options) {
  let stopped = false;
  let adoptAt = 0;
  let notBefore = 0;
  let rated = { at: performance.now(), bytes: 0 };
  let busy = false;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();

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
    const own = names.filter((name) => Number.parseInt(name, 10) <= closed);
    while (own.length > 0) {
      const backlog = spool.status().unshippedBytes;
      const bytes = await shipBatch(spool.folder, own, nodeId);
      spool.shipped(bytes);
      if (busy && !stopped && backlog > SMALL_BACKLOG_BYTES) {
        // Pace: this batch's share of the backlog is its share of the spread.
        notBefore = began + BUSY_SPREAD_MS * Math.min(1, bytes / backlog);
        break;
      }
    }
  }

  function rate(): void {
    const now = performance.now();
    const { writtenBytes } = spool.status();
    busy = (writtenBytes - rated.bytes) * 1_000 > BUSY_BYTES_PER_SECOND * (now - rated.at);
    rated = { at: now, bytes: writtenBytes };
  }

  /** Ships the first of the named segments and takes them off the list. Answers their size in bytes. */
  async function shipBatch(folder: string, names: string[], owner: string): Promise<number> {
    const segments = [];
    const paths = [];
    const unkept = new Set<string>();
    let bytes = 0;
    while (names.length > 0 && bytes < BATCH_BYTES) {
      const name = names.shift()!;
      const path = join(folder, name);
      const file = await readFile(path).catch(ignoreMissing);
      if (!file) continue;
      bytes += file.length;
      const { text, lines, damaged } = readSegment(file);
      if (damaged.length > 0 && !(await isKept(path, damaged))) unkept.add(path);
      segments.push({ id: `${owner}/${name}`, text, lines });
      paths.push(path);
    }
    await ingestSegments(sql, owner, segments);
    for (const path of paths) {
      if (unkept.has(path) && (await isRenamed(path))) continue;
      await unlink(path).catch(ignoreMissing);
    }
    return bytes;
  }

  async function adoptDead(): Promise<void> {
    for (const name of await readdir(dir)) {
      if (name === nodeId || !NODE_FOLDER.test(name)) continue;
      await adopt(name).catch(() => {}); // Tried again; one that can't be read must not keep the others waiting.
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

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return; // Another process adopted it at the same time.
  throw error;
}
