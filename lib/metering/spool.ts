import { chmodSync, constants, mkdirSync, write, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processMark } from '#lib/process/identity.ts';
import { log } from '#lib/process/log.ts';
import { RepeatedError } from '#lib/process/repeated-error.ts';
import {
  completionLine,
  intentLine,
  type LineCompletion,
  type LineSubject,
  type Refusal,
  refusalLine,
  summaryLine,
} from './lines.ts';
import { BLOCK_BYTES, pagedMemory, zeroBlock } from './preallocate.ts';
import { RefusalSummaries } from './refusal-summaries.ts';
import { encodeBatch } from './segment.ts';
import { type OpenSegment, SegmentFiles } from './segment-files.ts';

/** The line isn't durable. Nothing may be forwarded or answered based on it. */
class SpoolFailed extends Error {
  override name = 'SpoolFailed';
}

type SpoolOptions = {
  /** Folder of all processes' spools. */
  dir: string;
  nodeId: string;
  /** `disk` survives a crash of the machine, `process` a crash of the process. */
  durability: 'disk' | 'process';
  /** Unshipped bytes at which new requests are rejected. */
  bytesMax?: number;
};

type Batch = {
  text: string;
  lines: number;
  /** Intents and completions among the lines. */
  begun: number;
  ended: number;
  done: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
};

export type SpoolHealth = {
  /** Whether new requests can be recorded right now. */
  writable: boolean;
  /** Unshipped bytes. */
  bytes: number;
  /** When the oldest unshipped segment was opened; null when everything is shipped. */
  oldestLineAtMs: number | null;
  /** The latest write error, kept after the spool has recovered. */
  lastError: string | null;
  lastErrorAtMs: number | null;
};

const MIB = 1024 ** 2;
const GIB = 1024 * MIB;
/** While one batch is being written to disk, the requests of the other one are processed. */
const WRITES_AT_ONCE = 2;
/** A batch is written once this share of the requests in progress waits for it: writes cost more than bytes. */
const WAITING_SHARE = 1 / 2;
/** At most this many turns of the event loop are spent gathering a batch; about 40 microseconds when idle. */
const GATHER_TURNS = 16;
/** Size of the reusable buffers for direct writes. A larger batch gets its own buffer. */
const MEMORY_BYTES = MIB / 4;
/** How often a failing spool, and an idle one, is tested with a write. */
const PROBE_FAILING_MS = 500;
const PROBE_IDLE_MS = 5_000;
const PROBE_BYTES = 16 * 1024;
const SUMMARIES_EVERY_MS = 250;

const DONE = Promise.resolve();

export type Spool = ReturnType<typeof openSpool>;

/**
 * A process's append-only record of its requests. Lines that arrive during a write form the next batch, which becomes
 * durable with one write and one promise. `O_DSYNC` makes each write wait for the disk.
 */
export function openSpool(options: SpoolOptions) {
  return new RequestSpool(options);
}

class RequestSpool {
  readonly folder: string;
  readonly nodeId: string;
  readonly #bytesMax: number;
  readonly #files: SegmentFiles;
  readonly #probeFlags: number;
  readonly #timers: NodeJS.Timeout[];
  readonly #summaries = new RefusalSummaries();
  /** Buffers of finished direct writes, for reuse. */
  readonly #memories: ArrayBufferLike[] = [];
  readonly #whenIdle: (() => void)[] = [];
  readonly #failures = new RepeatedError("The usage spool can't be written; new requests get 503");

  #next: Batch | undefined;
  #scheduled = false;
  #writes = 0;
  /** Requests whose intent is recorded and whose completion isn't on disk. */
  #underWay = 0;
  #unshippedBytes = 0;
  #writtenBytes = 0;
  #failing = false;
  #lastError: string | null = null;
  #lastErrorAtMs: number | null = null;
  #lastSuccessAt = 0;
  #probed: Promise<void> | undefined;

  constructor({ dir, nodeId, durability, bytesMax = 2 * GIB }: SpoolOptions) {
    this.folder = join(dir, nodeId);
    this.nodeId = nodeId;
    this.#bytesMax = bytesMax;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    makePrivate(dir);
    writeFileSync(join(this.folder, 'process.json'), JSON.stringify(processMark()), { mode: 0o600 });
    this.#files = new SegmentFiles(this.folder, durability);
    this.#probeFlags =
      constants.O_WRONLY |
      constants.O_CREAT |
      constants.O_TRUNC |
      (durability === 'disk' ? constants.O_DSYNC : 0);
    this.#timers = [
      setInterval(() => this.#probe(), PROBE_FAILING_MS),
      setInterval(() => this.#writeSummaries(), SUMMARIES_EVERY_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  intent(call: LineSubject): Promise<void> {
    if (this.#isFull()) return this.#refused();
    const batch = this.#append(intentLine(call));
    batch.begun++;
    this.#underWay++;
    return batch.done;
  }

  complete(call: LineSubject, completion: LineCompletion): Promise<void> {
    const batch = this.#append(completionLine(call, completion));
    batch.ended++;
    return batch.done;
  }

  /** Beyond a rate per key, rejected requests are counted, and written together within seconds. */
  refuse(call: LineSubject, refusal: Refusal): Promise<void> {
    if (this.#isFull()) return this.#refused();
    if (this.#summaries.takes(call, refusal)) return DONE;
    return this.#append(refusalLine(call, refusal)).done;
  }

  /** Ends the current segment, so that it can be shipped after its last write. */
  rotate(): void {
    this.#files.sealUnlessEmpty();
  }

  /** All segments up to this number are closed. */
  closedUpTo(): number {
    return this.#files.closedUpTo();
  }

  /** Subtracts a segment that has been shipped or quarantined. */
  shipped(sequence: number, bytes: number): void {
    this.#files.shipped(sequence);
    this.#unshippedBytes = Math.max(0, this.#unshippedBytes - bytes);
  }

  /** Bytes written since the start, and how many of them aren't shipped. */
  backlog(): { writtenBytes: number; unshippedBytes: number } {
    return { writtenBytes: this.#writtenBytes, unshippedBytes: this.#unshippedBytes };
  }

  health(): SpoolHealth {
    const full = this.#isFull();
    return {
      writable: !this.#failing && !full,
      bytes: this.#unshippedBytes,
      oldestLineAtMs: this.#files.oldestAtMs(),
      lastError: full ? 'The usage spool is full' : this.#lastError,
      lastErrorAtMs: full ? Date.now() : this.#lastErrorAtMs,
    };
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#probed;
    this.#writeSummaries({ all: true });
    if (this.#writes > 0 || this.#next) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    await this.#files.close();
  }

  #isFull(): boolean {
    return this.#unshippedBytes >= this.#bytesMax;
  }

  #refused(): Promise<void> {
    return Promise.reject(new SpoolFailed('The usage spool is full'));
  }

  #writeSummaries({ all = false } = {}): void {
    if (this.#isFull() && !all) return;
    for (const summary of this.#summaries.due({ all }))
      this.#append(summaryLine(summary)).done.catch(() => this.#summaries.restore(summary)); // The cause is logged.
  }

  #append(line: string): Batch {
    if (this.#next) {
      this.#next.text += line;
      this.#next.lines++;
      return this.#next;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // Each caller handles the rejection through its own `then`.
    this.#next = { text: line, lines: 1, begun: 0, ended: 0, done: promise, resolve, reject };
    if (this.#writes < WRITES_AT_ONCE) this.#schedule();
    return this.#next;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#gather(GATHER_TURNS - 1));
  }

  #gather(turns: number): void {
    const isSmall = this.#next && this.#next.lines < this.#underWay * WAITING_SHARE;
    if (turns > 0 && isSmall) setImmediate(() => this.#gather(turns - 1));
    else this.#flush();
  }

  #flush(): void {
    this.#scheduled = false;
    const batch = this.#next;
    if (!batch) {
      if (this.#writes === 0) for (const resume of this.#whenIdle.splice(0)) resume();
      return;
    }
    this.#next = undefined;
    let segment: OpenSegment;
    let bytes: Buffer;
    try {
      segment = this.#files.writable();
      bytes = segment.direct ? inBlocks(batch.text, this.#memories) : encodeBatch(batch.text);
    } catch (error) {
      this.#giveUp(batch, 'No spool segment can be opened', error);
      return this.#flush();
    }
    this.#write(segment, batch, bytes);
  }

  #write(segment: OpenSegment, batch: Batch, bytes: Buffer): void {
    const at = segment.bytes;
    segment.bytes += bytes.length;
    segment.writes++;
    this.#writes++;
    write(segment.fd, bytes, 0, bytes.length, at, (error, written) => {
      this.#writes--;
      if (segment.direct && bytes.buffer.byteLength === MEMORY_BYTES) this.#memories.push(bytes.buffer);
      if (error || written !== bytes.length)
        this.#fail(segment, batch, at, error ?? new Error('short write'));
      else this.#succeed(segment, batch, bytes.length);
      this.#files.released(segment);
      this.#schedule();
    });
  }

  #succeed(segment: OpenSegment, batch: Batch, length: number): void {
    this.#unshippedBytes += length;
    this.#writtenBytes += length;
    this.#underWay -= batch.ended;
    this.#succeeded();
    batch.resolve();
    this.#files.grown(segment);
  }

  /** Overwrites the start of the batch, so that rejected requests leave no trace, and abandons the segment. */
  #fail(segment: OpenSegment, batch: Batch, at: number, cause: unknown): void {
    const nothing = segment.direct ? zeroBlock() : Buffer.alloc(1);
    segment.writes++;
    write(segment.fd, nothing, 0, nothing.length, at, (error) => {
      if (error) this.#failed(error); // The checksum of a partial batch doesn't match, so readers skip it anyway.
      this.#files.released(segment);
    });
    this.#files.abandon(segment);
    this.#giveUp(batch, "The usage spool can't be written", cause);
  }

  #giveUp(batch: Batch, message: string, cause: unknown): void {
    this.#failed(cause);
    this.#underWay -= batch.begun + batch.ended;
    batch.reject(new SpoolFailed(message, { cause }));
  }

  #failed(cause: unknown): void {
    this.#failing = true;
    this.#lastError = cause instanceof Error ? cause.message : String(cause);
    this.#lastErrorAtMs = Date.now();
    this.#failures.failed(cause, { folder: this.folder });
  }

  #succeeded(): void {
    this.#failing = false;
    this.#lastSuccessAt = performance.now();
    this.#failures.recovered();
  }

  /**
   * Writes and removes a small file, so that an idle process notices a full or read-only disk, and a process that gets no
   * requests because it isn't ready notices when the disk is back.
   */
  #probe(): void {
    const isDue = this.#failing || performance.now() - this.#lastSuccessAt > PROBE_IDLE_MS;
    if (!isDue || this.#probed) return;
    const path = join(this.folder, 'probe');
    const attempt = async () => {
      await writeFile(path, Buffer.alloc(PROBE_BYTES), { flag: this.#probeFlags, mode: 0o600 });
      await rm(path, { force: true });
    };
    this.#probed = attempt()
      .then(
        () => this.#succeeded(),
        async (error: unknown) => {
          this.#failed(error);
          await rm(path, { force: true });
        },
      )
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#probed = undefined;
      });
  }
}

/** Earlier versions, and operators, may have created the folder with wider permissions. */
function makePrivate(dir: string): void {
  try {
    chmodSync(dir, 0o700);
  } catch (err) {
    log.warn({ err, dir }, "The spool's folder can't be made private");
  }
}

/** A batch padded with zeros to whole blocks, in a reusable buffer if it fits. */
function inBlocks(text: string, kept: ArrayBufferLike[]): Buffer {
  const { length, buffer } = encodeBatch(text, (bytes) =>
    bytes <= MEMORY_BYTES
      ? Buffer.from(kept.pop() ?? pagedMemory(MEMORY_BYTES).buffer, 0, bytes)
      : pagedMemory(bytes).subarray(0, bytes),
  );
  const whole = Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
  return Buffer.from(buffer, 0, whole).fill(0, length);
}
