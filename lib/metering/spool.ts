import {
  closeSync,
  constants,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  write,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processMark } from '#lib/process/identity.ts';
import { completionLine, intentLine, type LineCompletion, type LineSubject, refusalLine } from './lines.ts';
import { BLOCK_BYTES, layOut, pagedMemory, zeroBlock } from './preallocate.ts';
import { encodeBatch } from './segment.ts';

/** The line could not be made durable; nothing may be forwarded or answered on its strength. */
class SpoolFailed extends Error {
  override name = 'SpoolFailed';
}

type SpoolOptions = {
  /** Folder of all processes' spools. */
  dir: string;
  nodeId: string;
  /** `disk` survives a crash of the machine, `process` one of the process. */
  durability: 'disk' | 'process';
  /** Unshipped bytes at which new calls are no longer taken. */
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

type OpenSegment = {
  readonly sequence: number;
  readonly fd: number;
  /** Written past the kernel's cache, in whole blocks. */
  readonly direct: boolean;
  bytes: number;
  writes: number;
  sealed: boolean;
  closed: boolean;
};

const MIB = 1024 ** 2;
const GIB = 1024 * MIB;
const SEGMENT_BYTES_MAX = 4 * MIB;
/** From this much in one segment on, the next one is laid out on disk ahead of time. */
const BUSY_BYTES = MIB / 4;
/** While one batch is on its way to the disk, the calls of the other one are worked on. */
const WRITES_AT_ONCE = 2;
/** A batch goes when so many of the calls under way wait for it: what costs is the write, more than its length. */
const WAITING_SHARE = 1 / 2;
/** Turns of the event loop that a batch is gathered over at most: some 40 microseconds where nothing happens. */
const GATHER_TURNS = 16;
/** For a direct write, kept for the next one. A larger batch has memory of its own. */
const MEMORY_BYTES = MIB / 4;

const UNWRITTEN = { bytes: 0, writes: 0, sealed: false, closed: false };

export type Spool = ReturnType<typeof openSpool>;

/**
 * A process's append-only record of its calls. Lines that come while writes are under way are the next batch: one
 * durable write for all of them, and one promise. `O_DSYNC` makes the write itself wait for the disk; a segment laid out
 * beforehand spares the disk its bookkeeping, and `O_DIRECT` the kernel its cache.
 */
export function openSpool({ dir, nodeId, durability, bytesMax = 2 * GIB }: SpoolOptions) {
  const folder = join(dir, nodeId);
  const flags = constants.O_WRONLY | (durability === 'disk' ? constants.O_DSYNC : 0);
  const create = constants.O_CREAT | constants.O_EXCL;
  const path = (sequence: number) => join(folder, segmentName(sequence));

  let sequence = 0;
  let current: OpenSegment | undefined;
  /** Sealed, with writes still under way. */
  const closing = new Set<OpenSegment>();
  let spare: { sequence: number; fd: number; direct: boolean } | undefined;
  /** Number of the segment that is being laid out, 0 for none. */
  let preparing = 0;
  let next: Batch | undefined;
  let scheduled = false;
  let writes = 0;
  /** Calls whose intent is taken and whose completion is not on disk. */
  let underWay = 0;
  /** Of direct writes that are through. */
  const memories: ArrayBufferLike[] = [];
  let unshippedBytes = 0;
  let writtenBytes = 0;
  let lastError: string | null = null;
  const whenIdle: (() => void)[] = [];

  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'process.json'), JSON.stringify(processMark()));

  function append(line: string): Batch {
    if (next) {
      next.text += line;
      next.lines++;
      return next;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // Each caller sees the rejection through its own `then`.
    next = { text: line, lines: 1, begun: 0, ended: 0, done: promise, resolve, reject };
    if (writes < WRITES_AT_ONCE) schedule();
    return next;
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(gather, GATHER_TURNS - 1);
  }

  function gather(turns: number): void {
    if (turns > 0 && next && next.lines < underWay * WAITING_SHARE) setImmediate(gather, turns - 1);
    else flush();
  }

  function flush(): void {
    scheduled = false;
    const batch = next;
    if (!batch) {
      if (writes === 0) for (const resume of whenIdle.splice(0)) resume();
      return;
    }
    next = undefined;
    let segment: OpenSegment;
    let bytes: Buffer;
    try {
      segment = current ??= openSegment();
      bytes = segment.direct ? inBlocks(batch.text, memories) : encodeBatch(batch.text);
    } catch (error) {
      giveUp(batch, 'no segment can be opened', error);
      return flush();
    }
    const at = segment.bytes;
    segment.bytes += bytes.length;
    segment.writes++;
    writes++;
    write(segment.fd, bytes, 0, bytes.length, at, (error, written) => {
      segment.writes--;
      writes--;
      if (segment.direct && bytes.buffer.byteLength === MEMORY_BYTES) memories.push(bytes.buffer);
      if (error || written !== bytes.length) fail(segment, batch, at, error ?? new Error('short write'));
      else succeed(segment, batch, bytes.length);
      if (segment.sealed && segment.writes === 0) close(segment);
      schedule();
    });
  }

  function succeed(segment: OpenSegment, batch: Batch, length: number): void {
    unshippedBytes += length;
    writtenBytes += length;
    lastError = null;
    underWay -= batch.ended;
    batch.resolve();
    if (segment !== current) return;
    if (segment.bytes > BUSY_BYTES && !spare && !preparing && durability === 'disk') void prepareSpare();
    if (segment.bytes >= SEGMENT_BYTES_MAX) seal();
  }

  /** The batch's beginning is wiped, so that calls which were refused leave no trace; the segment is left behind. */
  function fail(segment: OpenSegment, batch: Batch, at: number, cause: unknown): void {
    const nothing = segment.direct ? zeroBlock() : Buffer.alloc(1);
    segment.writes++;
    write(segment.fd, nothing, 0, nothing.length, at, () => {
      segment.writes--;
      if (segment.sealed && segment.writes === 0) close(segment);
    });
    if (segment === current) seal();
    giveUp(batch, 'the usage spool can not be written', cause);
  }

  function giveUp(batch: Batch, message: string, cause: unknown): void {
    lastError = cause instanceof Error ? cause.message : String(cause);
    underWay -= batch.begun + batch.ended;
    batch.reject(new SpoolFailed(message, { cause }));
  }

  function openSegment(): OpenSegment {
    sequence++;
    if (sequence === preparing) sequence++; // Not ready yet: its number is passed, and it will be thrown away.
    const ready = spare;
    spare = undefined;
    if (ready?.sequence === sequence) return { ...ready, ...UNWRITTEN };
    if (ready) discard(ready.fd, ready.sequence); // Its number has been passed.
    const fd = openSync(path(sequence), flags | create, 0o600);
    return { sequence, fd, direct: false, ...UNWRITTEN };
  }

  /** Lays out the next segment with zeros. A reader skips them; closing the segment cuts them off. */
  async function prepareSpare(): Promise<void> {
    const number = sequence + 1;
    preparing = number;
    try {
      const directly = await layOut(path(number), SEGMENT_BYTES_MAX);
      const fd = openSync(path(number), flags | directly);
      if (sequence < number) spare = { sequence: number, fd, direct: directly !== 0 };
      else discard(fd, number);
    } catch {
      // Segments are then written without being laid out first. What is there would stand in the next one's way.
      await rm(path(number), { force: true }).catch(() => {});
    } finally {
      preparing = 0;
    }
  }

  function discard(fd: number, number: number): void {
    closeSync(fd);
    rmSync(path(number), { force: true }); // The shipper may have found it empty and taken it away.
  }

  function seal(): void {
    const segment = current;
    if (!segment) return;
    current = undefined;
    segment.sealed = true;
    if (segment.writes === 0) close(segment);
    else closing.add(segment);
  }

  function close(segment: OpenSegment): void {
    if (segment.closed) return;
    segment.closed = true;
    closing.delete(segment);
    try {
      ftruncateSync(segment.fd, segment.bytes);
    } catch {
      // The zeros stay. Thrown from here, where a write ends, it would end the process or leave all calls waiting.
    }
    try {
      closeSync(segment.fd);
    } catch {
      // What was written is known from the writes themselves.
    }
  }

  const full = () => unshippedBytes >= bytesMax;
  const refused = () => Promise.reject(new SpoolFailed('the usage spool is full'));

  return {
    folder,
    nodeId,
    intent(call: LineSubject): Promise<void> {
      if (full()) return refused();
      const batch = append(intentLine(call));
      batch.begun++;
      underWay++;
      return batch.done;
    },
    complete(call: LineSubject, completion: LineCompletion): Promise<void> {
      const batch = append(completionLine(call, completion));
      batch.ended++;
      return batch.done;
    },
    refuse: (
      call: LineSubject,
      refusal: { status: number; reason: string; latencyMs: number },
    ): Promise<void> => (full() ? refused() : append(refusalLine(call, refusal)).done),
    /** Ends the current segment, so that it can be shipped as soon as its last write is through. */
    rotate(): void {
      if (current && current.bytes > 0) seal();
    },
    /** Number up to which all segments are closed. */
    closedUpTo: (): number =>
      Math.min(...[...closing].map((segment) => segment.sequence - 1), current ? sequence - 1 : sequence),
    /** Takes shipped bytes off the count. */
    shipped(bytes: number): void {
      unshippedBytes = Math.max(0, unshippedBytes - bytes);
    },
    status: () => ({ unshippedBytes, writtenBytes, writable: lastError === null, lastError }),
    async close(): Promise<void> {
      if (writes > 0 || next) await new Promise<void>((resolve) => whenIdle.push(resolve));
      seal();
      if (spare) discard(spare.fd, spare.sequence);
      spare = undefined;
    },
  };
}

/** A batch and zeros up to the end of its last block, in one of the kept memories if that is long enough. */
function inBlocks(text: string, kept: ArrayBufferLike[]): Buffer {
  const { length, buffer } = encodeBatch(text, (bytes) =>
    bytes <= MEMORY_BYTES
      ? Buffer.from(kept.pop() ?? pagedMemory(MEMORY_BYTES).buffer, 0, bytes)
      : pagedMemory(bytes).subarray(0, bytes),
  );
  const whole = Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
  return Buffer.from(buffer, 0, whole).fill(0, length);
}

const segmentName = (sequence: number): string => `${String(sequence).padStart(10, '0')}.seg`;
