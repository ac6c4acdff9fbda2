import { performance } from 'node:perf_hooks';
import type postgres from 'postgres';
import { RepeatedError } from '#lib/process/repeated-error.ts';
import { DeadFolders } from './adopt.ts';
import { closeOpenCalls, DatabaseLostSegments } from './ingest.ts';
import { sequenceOf } from './segment-files.ts';
import { clearFolder } from './segment-folder.ts';
import { type BlockedSegment, FolderShipper, messageOf } from './ship-folder.ts';
import { ShippedSegments } from './shipped-segments.ts';
import type { Spool } from './spool.ts';

type Options = {
  sql: postgres.Sql;
  spool: Spool;
  /** Folder of all processes' spools. */
  dir: string;
  nodeId: string;
  /** Called once all usage of a process is in the database: of a dead one, or of this one when it stops. */
  onAdopted?: (nodeId: string) => Promise<void>;
  /** The database has lost commits. Called before they are shipped again, and for each process when its usage is restored. */
  onLost?: () => void;
  onReplayed?: (nodeId: string) => Promise<void>;
  /** For how long, and up to how many bytes, shipped usage is kept in case the database loses commits. Nothing if absent. */
  keep?: { forMs: number; bytesMax: number };
  everyMs?: number;
  /** How often the database is checked for lost commits. */
  checkEveryMs?: number;
};

export type ShipperStatus = {
  /** Own segments that can't be shipped for now. */
  setAside: BlockedSegment[];
  /** Folders of dead processes that can't be shipped completely. */
  notAdopted: { folder: string; error: string }[];
  /** Segments that the database rejected. */
  quarantined: { segments: number; bytes: number };
  /** Why nothing can be shipped, such as an unavailable database. Null if shipping works. */
  error: string | null;
  failures: number;
  /** Bytes kept in case the database loses commits, and segments shipped again since the start. */
  keptBytes: number;
  replayedSegments: number;
};

const ADOPT_EVERY_MS = 5_000;
/** A process is busy above this rate: about 1,300 requests a second. */
const BUSY_BYTES_PER_SECOND = 1024 * 1024;
/** A backlog up to this size is shipped immediately, even if the process is busy. */
const SMALL_BACKLOG_BYTES = 1024 * 1024;
/** A busy process ships its backlog over this time: the log lags under load, requests don't. */
const BUSY_SPREAD_MS = 30_000;
/** Longest pause after consecutive failures. */
const BACKOFF_MS_MAX = 5_000;

export type Shipper = ReturnType<typeof startShipper>;

/** Moves closed segments to the database about every half second, its own and those of dead processes. */
export function startShipper(options: Options) {
  const shipper = new SpoolShipper(options);
  shipper.schedule();
  return shipper;
}

class SpoolShipper {
  readonly #options: Options;
  readonly #everyMs: number;
  readonly #own: FolderShipper;
  readonly #dead: DeadFolders;
  readonly #kept: ShippedSegments | null;
  readonly #failures = new RepeatedError(
    "Usage can't be shipped to the database. It stays in the spool and is tried again.",
  );

  #stopped = false;
  #adoptAt = 0;
  #checkAt = 0;
  #notBefore = 0;
  #rated = { at: performance.now(), bytes: 0 };
  #isBusy = false;
  #error: string | null = null;
  #replayed = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
    this.#everyMs = options.everyMs ?? 500;
    const { sql, spool, dir, nodeId, onAdopted, keep } = options;
    this.#kept = keep && keep.forMs > 0 ? new ShippedSegments({ dir, ...keep }) : null;
    this.#own = new FolderShipper({
      ...{ sql, folder: spool.folder, owner: nodeId, by: '', kept: this.#kept },
      onDone: (name, bytes) => spool.shipped(sequenceOf(name), bytes),
    });
    const replay = (owners: string[]) => this.#replay(new Set(owners));
    this.#dead = new DeadFolders({ sql, dir, nodeId, kept: this.#kept, onAdopted, replay });
  }

  schedule(): void {
    if (this.#stopped) return;
    const backoffMs = Math.min(BACKOFF_MS_MAX, this.#everyMs * 2 ** Math.min(10, this.#failures.count));
    this.#timer = setTimeout(() => {
      this.#turn = this.#round().finally(() => this.schedule());
    }, backoffMs);
    this.#timer.unref();
  }

  status(): ShipperStatus {
    const [own, dead] = [this.#own.rejected(), this.#dead.rejected()];
    return {
      setAside: this.#own.blocked(),
      notAdopted: this.#dead.problems(),
      quarantined: { segments: own.segments + dead.segments, bytes: own.bytes + dead.bytes },
      error: this.#error,
      failures: this.#failures.count,
      keptBytes: this.#kept?.bytes ?? 0,
      replayedSegments: this.#replayed,
    };
  }

  /** Ships what there is, once, if the database responds. The rest is left for other processes or the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#turn;
    await this.#options.spool.close();
    await this.#leave().catch((error: unknown) => this.#failures.failed(error));
  }

  async #round(): Promise<void> {
    try {
      this.#rate();
      await this.#check();
      if (!this.#isBusy || performance.now() >= this.#notBefore) await this.#shipOwn();
      if (performance.now() >= this.#adoptAt) {
        await this.#dead.adoptAll();
        this.#adoptAt = performance.now() + ADOPT_EVERY_MS;
      }
      await this.#makeSpace();
      this.#error = null;
      this.#failures.recovered();
    } catch (error) {
      if (error instanceof DatabaseLostSegments) this.#checkAt = 0;
      this.#error = messageOf(error);
      this.#failures.failed(error);
    }
  }

  async #shipOwn(): Promise<void> {
    const { spool } = this.#options;
    spool.rotate();
    const began = performance.now();
    const closed = spool.closedUpTo();
    const names = (await this.#own.due(this.#stopped)).filter((name) => sequenceOf(name) <= closed);
    while (names.length > 0) {
      const backlog = spool.backlog().unshippedBytes;
      const bytes = await this.#own.shipBatch(names);
      if (this.#isBusy && !this.#stopped && backlog > SMALL_BACKLOG_BYTES) {
        // This batch's share of the backlog is its share of the spread.
        this.#notBefore = began + BUSY_SPREAD_MS * Math.min(1, bytes / backlog);
        break;
      }
    }
  }

  #rate(): void {
    const now = performance.now();
    const { writtenBytes } = this.#options.spool.backlog();
    const bytes = writtenBytes - this.#rated.bytes;
    this.#isBusy = bytes * 1_000 > BUSY_BYTES_PER_SECOND * (now - this.#rated.at);
    this.#rated = { at: now, bytes: writtenBytes };
  }

  /** Looks for lost commits of this process and of dead ones. Running processes do this themselves. */
  async #check(): Promise<void> {
    if (!this.#kept || performance.now() < this.#checkAt) return;
    const { nodeId } = this.#options;
    const owners = new Set([nodeId]);
    for (const owner of await this.#kept.owners())
      if (owner !== nodeId && (await this.#dead.isDead(owner))) owners.add(owner);
    await this.#replay(owners);
    this.#checkAt = performance.now() + (this.#options.checkEveryMs ?? 10_000);
  }

  async #replay(owners: Set<string>): Promise<void> {
    const { sql, nodeId, onAdopted, onLost, onReplayed } = this.#options;
    const replayed = (await this.#kept?.replay(sql, owners, () => onLost?.())) ?? 0;
    if (replayed === 0) return;
    for (const owner of owners) {
      await onReplayed?.(owner);
      if (owner === nodeId) continue;
      // Usage that followed the lost commits of a stopped process is lost, too. Repeating this changes nothing.
      if (await this.#dead.hasFolder(owner)) continue;
      await closeOpenCalls(sql, owner);
      await onAdopted?.(owner);
    }
    this.#replayed += replayed;
  }

  async #makeSpace(): Promise<void> {
    const { writable } = this.#options.spool.health();
    await this.#kept?.prune({ everything: !writable });
  }

  /** The folder is removed last: as long as it exists, any process that finds it continues here. */
  async #leave(): Promise<void> {
    const { sql, spool, nodeId, onAdopted } = this.#options;
    await this.#replay(new Set([nodeId]));
    await this.#shipOwn();
    if (!this.#own.isBlocked()) await this.#shipOwn(); // Completions that waited for a blocked segment.
    if (this.#own.isBlocked() || (await this.#own.due(true)).length > 0) return;
    await closeOpenCalls(sql, nodeId);
    await onAdopted?.(nodeId);
    await clearFolder(spool.folder);
  }
}
