import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type postgres from 'postgres';
import { log } from '#lib/process/log.ts';
import { DatabaseLostSegments, type IngestedSegment, ingestSegments } from './ingest.ts';
import { isRejection } from './rejection.ts';
import { readSegment } from './segment.ts';
import {
  type FolderContents,
  isEarly,
  keepDamaged,
  keepEarly,
  moveToRejected,
  readFolder,
  removeSegment,
  renameToDamaged,
} from './segment-folder.ts';
import type { ShippedSegments } from './shipped-segments.ts';

/** Goes to the database in one transaction: requests of the same key then share one update of each sum. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** A segment that can't be shipped is tried again after this time, then after growing waits. */
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 300_000;
/** After this many rejections a segment is quarantined. */
const REJECTIONS_MAX = 5;
const LATEST_MAX = 8;

type Segment = IngestedSegment & { name: string; path: string; bytes: number; isDamageKept: boolean };

/** A segment that is skipped for now. It's still skipped while it's missing, because someone may bring it back. */
type Skipped = { error: string; tries: number; retryAt: number };

export type BlockedSegment = { segment: string; error: string; tries: number };

type Options = {
  sql: postgres.Sql;
  folder: string;
  /** The process that wrote the segments. */
  owner: string;
  /** Distinguishes the files that several processes write while adopting the same folder; empty for the owner. */
  by: string;
  /** Keeps shipped segments for a while; without it they are removed. */
  kept: ShippedSegments | null;
  /** A segment is in the database, or quarantined permanently. */
  onDone?: (name: string, bytes: number) => void;
};

/**
 * Ships the segments of one folder. A segment that can't be read, or that the database rejects, doesn't delay later ones:
 * completions whose intents are in such a segment wait in their own file until it is shipped.
 */
export class FolderShipper {
  readonly folder: string;
  readonly #options: Options;
  readonly #skipped = new Map<string, Skipped>();
  #rejected: string[] = [];
  #rejectedBytes = 0;
  readonly #reasons = new Map<string, string>();
  /** The most recently shipped segments, which a database that lost commits lost first. */
  #latest: string[] = [];

  constructor(options: Options) {
    this.#options = options;
    this.folder = options.folder;
  }

  /** Segments that could not be shipped and why, including rejected ones. */
  blocked(): BlockedSegment[] {
    const skipped = [...this.#skipped].map(([segment, { error, tries }]) => ({ segment, error, tries }));
    const rejected = this.#rejected.map((segment) => ({
      segment,
      error: this.#reasons.get(segment) ?? 'Rejected by the database',
      tries: REJECTIONS_MAX,
    }));
    return [...skipped, ...rejected];
  }

  rejected(): { segments: number; bytes: number } {
    return { segments: this.#rejected.length, bytes: this.#rejectedBytes };
  }

  isBlocked(): boolean {
    return this.#skipped.size > 0 || this.#rejected.length > 0;
  }

  /** Segments that are due, except completions that wait for a blocked segment. */
  async due(all = false): Promise<string[]> {
    const contents = await readFolder(this.folder);
    await this.#noteRejected(contents);
    const { segments } = contents;
    const now = performance.now();
    const due = segments.filter((name) => all || now >= (this.#skipped.get(name)?.retryAt ?? 0));
    return due.filter((name) => !this.isBlocked() || !isEarly(name));
  }

  /** Ships the first of the named segments and removes them from the list. Returns their size in bytes. */
  async shipBatch(names: string[]): Promise<number> {
    const segments: Segment[] = [];
    let bytes = 0;
    while (names.length > 0 && bytes < BATCH_BYTES) {
      const segment = await this.#read(names.shift()!);
      if (!segment) continue;
      segments.push(segment);
      bytes += segment.bytes;
    }
    if (segments.length > 0) await this.#shipSegments(segments);
    return bytes;
  }

  async #read(name: string): Promise<Segment | null> {
    const path = join(this.folder, name);
    let file: Buffer;
    try {
      file = await readFile(path);
    } catch (error) {
      // ENOENT: another process adopted it at the same time.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#skip(name, error, "can't be read");
      return null;
    }
    const { text, lines, damaged } = readSegment(file);
    const isDamageKept = damaged.length === 0 || (await keepDamaged(path, damaged));
    if (damaged.length > 0)
      log.warn({ segment: this.#id(name), bytes: damaged.length }, 'Damaged bytes in a spool segment');
    return { id: this.#id(name), name, path, text, lines, bytes: file.length, isDamageKept };
  }

  async #shipSegments(segments: Segment[]): Promise<void> {
    try {
      await this.#ingest(segments);
    } catch (error) {
      if (!isRejection(error)) throw error;
      const [only] = segments;
      if (segments.length === 1) return this.#reject(only!, error);
      for (const each of segments) await this.#shipSegments([each]);
    }
  }

  async #ingest(segments: Segment[]): Promise<void> {
    const { sql, owner, by, kept, onDone } = this.#options;
    const last = segments.at(-1)!.name;
    const early = (lines: string) => keepEarly(this.folder, last, by, lines);
    const isBehind = this.#skipped.size > segments.filter(({ name }) => this.#skipped.has(name)).length;
    try {
      await ingestSegments(sql, owner, segments, {
        keepEarly: isBehind || this.#rejected.length > 0 ? early : undefined,
        mustKnow: kept ? this.#latest : [],
      });
    } catch (error) {
      if (error instanceof DatabaseLostSegments) this.#latest = [];
      throw error;
    }
    this.#latest = [...this.#latest, ...segments.map(({ id }) => id)].slice(-LATEST_MAX);
    for (const { name, path, bytes, isDamageKept } of segments) {
      this.#skipped.delete(name);
      if (isDamageKept || !(await renameToDamaged(path)))
        await (kept ? kept.keep(path, owner, name) : removeSegment(path));
      if (!isEarly(name)) onDone?.(name, bytes);
    }
  }

  async #reject({ name, bytes }: Segment, error: unknown): Promise<void> {
    const tries = this.#skip(name, error, 'is rejected by the database');
    if (tries < REJECTIONS_MAX) return;
    await moveToRejected(this.folder, name);
    this.#skipped.delete(name);
    this.#reasons.set(`${name}.rejected`, messageOf(error));
    await this.#noteRejected(await readFolder(this.folder));
    this.#options.onDone?.(name, bytes);
    log.error(
      { err: error, segment: this.#id(name), tries, file: join(this.folder, `${name}.rejected`) },
      'Quarantined a spool segment that the database rejects. Its requests are missing from all figures.',
    );
  }

  /** Returns how often this segment has failed. */
  #skip(name: string, error: unknown, what: string): number {
    const tries = (this.#skipped.get(name)?.tries ?? 0) + 1;
    const waitMs = Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** (tries - 1));
    this.#skipped.set(name, { error: messageOf(error), tries, retryAt: performance.now() + waitMs });
    const segment = this.#id(name);
    log.error({ err: error, segment, tries, retryInMs: waitMs }, `A spool segment ${what}`);
    return tries;
  }

  async #noteRejected({ rejected }: FolderContents): Promise<void> {
    if (rejected.length === this.#rejected.length && rejected.every((name, i) => name === this.#rejected[i]))
      return;
    const sizes = await Promise.all(
      rejected.map((name) =>
        stat(join(this.folder, name)).then(
          ({ size }) => size,
          () => 0, // Moved since it was listed.
        ),
      ),
    );
    this.#rejected = rejected;
    this.#rejectedBytes = sizes.reduce((sum, size) => sum + size, 0);
  }

  #id(name: string): string {
    return `${this.#options.owner}/${name}`;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
