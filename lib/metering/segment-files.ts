import { closeSync, constants, ftruncateSync, openSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RepeatedError } from '#lib/process/repeated-error.ts';
import { preallocate } from './preallocate.ts';

const MIB = 1024 ** 2;
const SEGMENT_BYTES_MAX = 4 * MIB;
/** Once a segment has this size, the next one is preallocated. */
const BUSY_BYTES = MIB / 4;

export type OpenSegment = {
  readonly sequence: number;
  readonly fd: number;
  /** Written with `O_DIRECT`, in whole blocks. */
  readonly direct: boolean;
  bytes: number;
  /** Writes in progress. */
  writes: number;
  sealed: boolean;
  closed: boolean;
};

type Spare = Pick<OpenSegment, 'sequence' | 'fd' | 'direct'>;

const EMPTY = { bytes: 0, writes: 0, sealed: false, closed: false };

export const segmentName = (sequence: number): string => `${String(sequence).padStart(10, '0')}.seg`;
export const sequenceOf = (name: string): number => Number.parseInt(name, 10);

/** The segment files of one process: the current one, the next one, and the closed ones. */
export class SegmentFiles {
  readonly #folder: string;
  readonly #isDurable: boolean;
  readonly #flags: number;
  #sequence = 0;
  #current: OpenSegment | undefined;
  /** Sealed segments with writes in progress. */
  readonly #closing = new Set<OpenSegment>();
  #spare: Spare | undefined;
  /** Number of the segment being preallocated; 0 for none. */
  #preparing = 0;
  #prepared: Promise<void> = Promise.resolve();
  /** When each unshipped segment was opened, oldest first. */
  readonly #openedAtMs = new Map<number, number>();
  readonly #preallocation = new RepeatedError('Preallocating a spool segment failed');
  readonly #closingError = new RepeatedError('Closing a spool segment failed');

  constructor(folder: string, durability: 'disk' | 'process') {
    this.#folder = folder;
    this.#isDurable = durability === 'disk';
    this.#flags = constants.O_WRONLY | (this.#isDurable ? constants.O_DSYNC : 0);
  }

  /** The segment to write to. Throws when none can be opened. */
  writable(): OpenSegment {
    this.#current ??= this.#open();
    return this.#current;
  }

  /** Call it after each successful write. */
  grown(segment: OpenSegment): void {
    if (segment !== this.#current) return;
    const isBusy = segment.bytes > BUSY_BYTES && !this.#spare && !this.#preparing;
    if (isBusy && this.#isDurable) this.#prepared = this.#prepareSpare();
    if (segment.bytes >= SEGMENT_BYTES_MAX) this.seal();
  }

  /** Call it when a write has ended, successful or not. */
  released(segment: OpenSegment): void {
    segment.writes--;
    if (segment.sealed && segment.writes === 0) this.#close(segment);
  }

  /** Stops writing to a segment that failed. */
  abandon(segment: OpenSegment): void {
    if (segment === this.#current) this.seal();
  }

  /** Ends the current segment. It closes with its last write. */
  seal(): void {
    const segment = this.#current;
    if (!segment) return;
    this.#current = undefined;
    segment.sealed = true;
    if (segment.writes === 0) this.#close(segment);
    else this.#closing.add(segment);
  }

  sealUnlessEmpty(): void {
    if (this.#current && this.#current.bytes > 0) this.seal();
  }

  /** All segments up to this number are closed. */
  closedUpTo(): number {
    const closing = [...this.#closing].map((segment) => segment.sequence - 1);
    return Math.min(...closing, this.#current ? this.#sequence - 1 : this.#sequence);
  }

  shipped(sequence: number): void {
    this.#openedAtMs.delete(sequence);
  }

  /** When the oldest unshipped segment was opened; null when everything is shipped. */
  oldestAtMs(): number | null {
    for (const openedAtMs of this.#openedAtMs.values()) return openedAtMs;
    return null;
  }

  /** Resolves when no file is open or being created. */
  async close(): Promise<void> {
    this.seal();
    await this.#prepared;
    if (this.#spare) this.#discard(this.#spare);
    this.#spare = undefined;
  }

  #open(): OpenSegment {
    this.#sequence++;
    if (this.#sequence === this.#preparing) this.#sequence++; // Not ready yet: skip its number and discard it.
    const sequence = this.#sequence;
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare && spare.sequence !== sequence) this.#discard(spare);
    const opened = spare?.sequence === sequence ? spare : this.#create(sequence);
    this.#openedAtMs.set(sequence, Date.now());
    return { ...opened, ...EMPTY };
  }

  #create(sequence: number): Spare {
    const fd = openSync(this.#path(sequence), this.#flags | constants.O_CREAT | constants.O_EXCL, 0o600);
    return { sequence, fd, direct: false };
  }

  /** Fills the next segment with zeros. Readers skip them, and closing the segment truncates them. */
  async #prepareSpare(): Promise<void> {
    const sequence = this.#sequence + 1;
    this.#preparing = sequence;
    try {
      const direct = await preallocate(this.#path(sequence), SEGMENT_BYTES_MAX);
      const spare = {
        sequence,
        fd: openSync(this.#path(sequence), this.#flags | direct),
        direct: direct !== 0,
      };
      if (this.#sequence < sequence) this.#spare = spare;
      else this.#discard(spare);
      this.#preallocation.recovered();
    } catch (error) {
      // Segments still work without preallocation. A partial file would block the next one, so it is removed.
      this.#preallocation.failed(error, { sequence });
      await rm(this.#path(sequence), { force: true }).catch((cause: unknown) =>
        this.#preallocation.failed(cause, { sequence }),
      );
    } finally {
      this.#preparing = 0;
    }
  }

  #discard({ fd, sequence }: Spare): void {
    closeSync(fd);
    rmSync(this.#path(sequence), { force: true }); // The shipper may have removed it already.
  }

  /** Runs where a write ends, so an error here must not throw: the written batches are safe either way. */
  #close(segment: OpenSegment): void {
    if (segment.closed) return;
    segment.closed = true;
    this.#closing.delete(segment);
    try {
      ftruncateSync(segment.fd, segment.bytes);
    } catch (error) {
      this.#closingError.failed(error, { sequence: segment.sequence }); // The zeros stay; readers skip them.
    }
    try {
      closeSync(segment.fd);
    } catch (error) {
      this.#closingError.failed(error, { sequence: segment.sequence });
    }
  }

  #path(sequence: number): string {
    return join(this.#folder, segmentName(sequence));
  }
}
