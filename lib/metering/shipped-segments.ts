import { mkdir, readdir, readFile, rename, stat, statfs, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type postgres from 'postgres';
import { log } from '#lib/process/log.ts';
import { RepeatedError } from '#lib/process/repeated-error.ts';
import { ingestSegments } from './ingest.ts';
import { isRejection } from './rejection.ts';
import { readSegment } from './segment.ts';
import { removeSegment } from './segment-folder.ts';

type Options = {
  /** Folder of all processes' spools. */
  dir: string;
  /** How long a shipped segment is kept. */
  forMs: number;
  /** Upper bound of all kept segments together. A quarter of the free space is another one. */
  bytesMax: number;
};

type KeptSegment = { id: string; owner: string; path: string };

const FREE_SHARE = 1 / 4;
const IDS_PER_QUERY = 5_000;
const BATCH_BYTES = 8 * 1024 * 1024;
const PRUNE_EVERY_MS = 30_000;
/** `<owner>_<name>.shipped`. The extension keeps them from being treated as unshipped segments. */
const FILE = /^([0-9a-f-]{36})_(.+\.seg)\.shipped$/;

/**
 * Shipped segments, kept for a while. A database that fails over to an asynchronous standby, or is restored, may have lost
 * the latest commits. Segments it no longer has are shipped again, exactly once. All processes of a data folder
 * share these files.
 */
export class ShippedSegments {
  readonly #folder: string;
  readonly #forMs: number;
  readonly #bytesMax: number;
  readonly #keeping = new RepeatedError("Shipped spool segments can't be kept");
  readonly #replaying = new RepeatedError("A kept spool segment can't be shipped again");
  #bytes = 0;
  #pruneAt = 0;
  #isCreated = false;

  constructor({ dir, forMs, bytesMax }: Options) {
    this.#folder = join(dir, 'shipped');
    this.#forMs = forMs;
    this.#bytesMax = bytesMax;
  }

  /** Bytes kept at the last check. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Moves a segment here. If that fails, it is removed: it is in the database. */
  async keep(path: string, owner: string, name: string): Promise<void> {
    try {
      if (!this.#isCreated) await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      this.#isCreated = true;
      const now = new Date();
      await utimes(path, now, now); // The time to keep it counts from now, however long it waited.
      await rename(path, join(this.#folder, `${owner}_${name}.shipped`));
      this.#keeping.recovered();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#keeping.failed(error, { segment: name });
      this.#isCreated = false;
      await removeSegment(path);
    }
  }

  /** Removes segments that are too old or exceed the limit. `everything` frees space on a full disk. */
  async prune({ everything = false } = {}): Promise<void> {
    if (!everything && performance.now() < this.#pruneAt) return;
    this.#pruneAt = performance.now() + PRUNE_EVERY_MS;
    const files = await this.#stat();
    this.#bytes = files.reduce((sum, { size }) => sum + size, 0);
    if (files.length === 0) return;
    const { bavail, bsize } = await statfs(this.#folder);
    const limit = everything ? 0 : Math.min(this.#bytesMax, (bavail * bsize + this.#bytes) * FREE_SHARE);
    const before = Date.now() - this.#forMs;
    for (const { path, size, mtimeMs } of files) {
      if (mtimeMs >= before && this.#bytes <= limit) break;
      await removeSegment(path);
      this.#bytes -= size;
    }
  }

  /** Owners of kept segments. */
  async owners(): Promise<string[]> {
    return [...new Set((await this.#list()).map(({ owner }) => owner))];
  }

  /** Ships again what the database no longer has of these processes. Returns the number of segments. */
  async replay(
    sql: postgres.Sql,
    owners: ReadonlySet<string>,
    beforeReplay: () => Promise<void> | void,
  ): Promise<number> {
    const kept = (await this.#list()).filter(({ owner }) => owners.has(owner));
    const missing = new Set<string>();
    for (let at = 0; at < kept.length; at += IDS_PER_QUERY) {
      const ids = kept.slice(at, at + IDS_PER_QUERY).map(({ id }) => id);
      const rows = await sql<{ id: string }[]>`
        select k.id from unnest(${ids}::text[]) k (id)
        where not exists (select from usage_segments s where s.id = k.id)`;
      for (const { id } of rows) missing.add(id);
    }
    if (missing.size === 0) return 0;
    log.warn(
      { segments: missing.size },
      'The database has lost usage that it had stored. Shipping it again.',
    );
    await beforeReplay();
    let replayed = 0;
    for (const owner of owners)
      replayed += await this.#replayOwner(
        sql,
        owner,
        kept.filter((segment) => segment.owner === owner && missing.has(segment.id)),
      );
    log.info({ segments: replayed }, 'Shipped again what the database had lost');
    return replayed;
  }

  async #replayOwner(sql: postgres.Sql, owner: string, segments: KeptSegment[]): Promise<number> {
    let replayed = 0;
    while (segments.length > 0) {
      const batch: { id: string; text: string; lines: number }[] = [];
      let bytes = 0;
      while (segments.length > 0 && bytes < BATCH_BYTES) {
        const { id, path } = segments.shift()!;
        const file = await readFile(path).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOENT') this.#replaying.failed(error, { segment: id }); // Pruned since it was listed.
          return null;
        });
        if (!file) continue;
        const { text, lines } = readSegment(file);
        batch.push({ id, text, lines });
        bytes += file.length;
      }
      replayed += await this.#ingest(sql, owner, batch);
    }
    return replayed;
  }

  async #ingest(
    sql: postgres.Sql,
    owner: string,
    batch: { id: string; text: string; lines: number }[],
  ): Promise<number> {
    try {
      return await ingestSegments(sql, owner, batch);
    } catch (error) {
      if (!isRejection(error)) throw error;
      if (batch.length > 1) {
        let replayed = 0;
        for (const each of batch) replayed += await this.#ingest(sql, owner, [each]);
        return replayed;
      }
      this.#replaying.failed(error, { segment: batch[0]?.id });
      return 0;
    }
  }

  /** In the order in which they were written. */
  async #list(): Promise<KeptSegment[]> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []; // Nothing was kept yet.
      throw error;
    });
    return names.sort().flatMap((file) => {
      const [, owner, name] = FILE.exec(file) ?? [];
      return owner ? [{ id: `${owner}/${name}`, owner, path: join(this.#folder, file) }] : [];
    });
  }

  /** Oldest first. */
  async #stat(): Promise<{ path: string; size: number; mtimeMs: number }[]> {
    const files = [];
    for (const { path } of await this.#list()) {
      const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null; // Another process pruned it.
        throw error;
      });
      if (found) files.push({ path, size: found.size, mtimeMs: found.mtimeMs });
    }
    return files.sort((a, b) => a.mtimeMs - b.mtimeMs);
  }
}
