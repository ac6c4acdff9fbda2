import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type postgres from 'postgres';
import { isAlive, readMark } from '#lib/process/identity.ts';
import { RepeatedError } from '#lib/process/repeated-error.ts';
import { closeOpenCalls } from './ingest.ts';
import { clearFolder, PROCESS_FILE } from './segment-folder.ts';
import { FolderShipper, messageOf } from './ship-folder.ts';
import type { ShippedSegments } from './shipped-segments.ts';

const NODE_FOLDER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** How long a folder is left alone if its process can't be identified. */
const UNKNOWN_FOR_MS = 60_000;

type Options = {
  sql: postgres.Sql;
  dir: string;
  nodeId: string;
  kept: ShippedSegments | null;
  /** Called once all usage of a process is in the database. */
  onAdopted: ((nodeId: string) => Promise<void>) | undefined;
  /** Ships again what the database has lost of these processes. */
  replay: (owners: string[]) => Promise<void>;
};

/**
 * Ships what dead processes left in their folders. Several processes can adopt the same folder. Open requests are closed,
 * and quota is settled, only once the folder has no segments left.
 */
export class DeadFolders {
  readonly #options: Options;
  readonly #shippers = new Map<string, FolderShipper>();
  readonly #problems = new Map<string, string>();
  readonly #failures = new RepeatedError("The spool of a stopped gateway can't be shipped");

  constructor(options: Options) {
    this.#options = options;
  }

  /** Folders that could not be shipped completely, with the reason. */
  problems(): { folder: string; error: string }[] {
    return [...this.#problems].map(([folder, error]) => ({ folder, error }));
  }

  rejected(): { segments: number; bytes: number } {
    const sum = { segments: 0, bytes: 0 };
    for (const shipper of this.#shippers.values()) {
      const { segments, bytes } = shipper.rejected();
      sum.segments += segments;
      sum.bytes += bytes;
    }
    return sum;
  }

  async adoptAll(): Promise<void> {
    const { dir, nodeId } = this.#options;
    const names = (await readdir(dir)).filter((name) => name !== nodeId && NODE_FOLDER.test(name));
    for (const known of [this.#problems, this.#shippers])
      for (const name of known.keys()) if (!names.includes(name)) known.delete(name);
    let failed = false;
    for (const name of names) {
      // A folder that fails is tried again and must not delay the others.
      await this.#adopt(name).catch((error: unknown) => {
        failed = true;
        this.#problems.set(name, messageOf(error));
        this.#failures.failed(error, { folder: name });
      });
    }
    if (!failed) this.#failures.recovered();
  }

  /** Whether this process has ended. */
  async isDead(owner: string): Promise<boolean> {
    const { dir, sql } = this.#options;
    const mark = readMark(join(dir, owner, PROCESS_FILE));
    const alive = mark ? isAlive(mark) : 'unknown';
    if (alive !== 'unknown') return !alive;
    if (!(await this.hasFolder(owner))) return true;
    const [row] =
      await sql`select 1 from gateway_nodes where id = ${owner} and stopped_at is null and lease_until > now()`;
    return !row && (await stat(join(dir, owner))).mtimeMs < Date.now() - UNKNOWN_FOR_MS;
  }

  /** Whether this process left a folder that hasn't been adopted yet. */
  hasFolder(owner: string): Promise<boolean> {
    return stat(join(this.#options.dir, owner)).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false;
        throw error;
      },
    );
  }

  async #adopt(name: string): Promise<void> {
    const { sql, onAdopted, replay } = this.#options;
    if (!(await this.isDead(name))) return;
    if (!this.#shippers.has(name)) await replay([name]);
    const shipper = this.#shipperOf(name);
    for (let due = await shipper.due(); due.length > 0; due = shipper.isBlocked() ? [] : await shipper.due())
      while (due.length > 0) await shipper.shipBatch(due);
    if (shipper.isBlocked()) {
      const [first] = shipper.blocked();
      this.#problems.set(name, `${first!.segment}: ${first!.error}`);
      return;
    }
    await closeOpenCalls(sql, name);
    await onAdopted?.(name);
    await clearFolder(shipper.folder);
    this.#problems.delete(name);
    this.#shippers.delete(name);
  }

  #shipperOf(name: string): FolderShipper {
    const { sql, dir, nodeId, kept } = this.#options;
    const known = this.#shippers.get(name);
    if (known) return known;
    // A UUIDv7 starts with its time and ends with random bits.
    const shipper = new FolderShipper({
      sql,
      folder: join(dir, name),
      owner: name,
      by: nodeId.slice(-8),
      kept,
    });
    this.#shippers.set(name, shipper);
    return shipper;
  }
}
