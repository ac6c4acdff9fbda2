import { close, closeSync, fdatasync, ftruncate, mkdirSync, openSync, write, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completionLine, intentLine, type LineCompletion, type LineSubject, refusalLine } from './lines.ts';
import { processMark } from './process-mark.ts';
import { encodeBatch } from './segment.ts';

/** The line could not be made durable; nothing may be forwarded or answered on its strength. */
export class SpoolFailed extends Error {
  override name = 'SpoolFailed';
}

export type SpoolOptions = {
  /** Folder of all processes' spools. */
  dir: string;
  nodeId: string;
  /** `disk` survives a crash of the machine, `process` one of the process. */
  durability: 'disk' | 'process';
  /** Unshipped bytes at which new calls are no longer taken. */
  bytesMax?: number;
};

type Batch = { text: string; done: Promise<void>; resolve: () => void; reject: (error: Error) => void };

const SEGMENT_BYTES_MAX = 8 * 1024 * 1024;
const GIB = 1024 ** 3;

export type Spool = Awaited<ReturnType<typeof openSpool>>;

/**
 * A process's append-only record of its calls. Lines that come while a write is under way are the next batch:
 * one write and one fdatasync for all of them, and one promise.
 */
export async function openSpool({ dir, nodeId, durability, bytesMax = 2 * GIB }: SpoolOptions) {
  const folder = join(dir, nodeId);
  let sequence = 0;
  let fd: number | undefined;
  let segmentBytes = 0;
  let unshippedBytes = 0;
  let next: Batch | undefined;
  let writing = false;
  let rotateAsked = false;
  let lastError: string | null = null;
  /** Called when no write is under way. */
  const whenIdle: (() => void)[] = [];

  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'process.json'), JSON.stringify(processMark()));

  function append(line: string): Promise<void> {
    if (!next) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      next = { text: line, done: promise, resolve, reject };
      if (!writing) {
        writing = true;
        setImmediate(flush);
      }
    } else next.text += line;
    return next.done;
  }

  function flush(): void {
    const batch = next;
    next = undefined;
    if (!batch) {
      writing = false;
      for (const resume of whenIdle.splice(0)) resume();
      return;
    }
    let file: number;
    try {
      file = fd ??= openSegment();
    } catch (error) {
      return fail(batch, error);
    }
    const bytes = encodeBatch(batch.text);
    write(file, bytes, 0, bytes.length, null, (error, written) => {
      if (error || written !== bytes.length) return fail(batch, error ?? new Error('short write'));
      if (durability === 'process') return succeed(batch, bytes.length);
      fdatasync(file, (syncError) => (syncError ? fail(batch, syncError) : succeed(batch, bytes.length)));
    });
  }

  function succeed(batch: Batch, length: number): void {
    segmentBytes += length;
    unshippedBytes += length;
    lastError = null;
    batch.resolve();
    if (rotateAsked || segmentBytes >= SEGMENT_BYTES_MAX) closeSegment();
    flush();
  }

  /** What was written of the batch is cut off again, so that a call that was refused leaves no trace. */
  function fail(batch: Batch, cause: unknown): void {
    lastError = cause instanceof Error ? cause.message : String(cause);
    const broken = fd;
    const keep = segmentBytes;
    fd = undefined;
    segmentBytes = 0;
    if (broken !== undefined) ftruncate(broken, keep, () => close(broken, () => {}));
    batch.reject(new SpoolFailed('the usage spool can not be written', { cause }));
    flush();
  }

  function openSegment(): number {
    segmentBytes = 0;
    return openSync(join(folder, segmentName(++sequence)), 'ax', 0o600);
  }

  function closeSegment(): void {
    rotateAsked = false;
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
    segmentBytes = 0;
  }

  const idle = () => new Promise<void>((resolve) => (writing ? whenIdle.push(resolve) : resolve()));

  const full = () => unshippedBytes >= bytesMax;
  const handled = (promise: Promise<void>) => {
    promise.catch(() => {}); // The caller sees the rejection; the batch may have others.
    return promise;
  };

  return {
    folder,
    nodeId,
    intent(call: LineSubject): Promise<void> {
      if (full()) return Promise.reject(new SpoolFailed('the usage spool is full'));
      return handled(append(intentLine(call)));
    },
    complete: (call: LineSubject, completion: LineCompletion) => handled(append(completionLine(call, completion))),
    refuse(call: LineSubject, refusal: { status: number; reason: string; latencyMs: number }): Promise<void> {
      if (full()) return Promise.reject(new SpoolFailed('the usage spool is full'));
      return handled(append(refusalLine(call, refusal)));
    },
    /** Asks for the current segment to be closed; under load that happens after the write under way. */
    rotate(): void {
      if (segmentBytes === 0) return;
      if (writing) rotateAsked = true;
      else closeSegment();
    },
    /** Number of the highest segment that is closed. */
    closedUpTo: () => (fd === undefined ? sequence : sequence - 1),
    /** Takes shipped bytes off the count. */
    shipped(bytes: number): void {
      unshippedBytes = Math.max(0, unshippedBytes - bytes);
    },
    status: () => ({ unshippedBytes, writable: lastError === null, lastError }),
    async close(): Promise<void> {
      await idle();
      closeSegment();
    },
  };
}

export const segmentName = (sequence: number): string => `${String(sequence).padStart(10, '0')}.seg`;
