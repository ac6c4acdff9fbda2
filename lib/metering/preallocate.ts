import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';

const MIB = 1024 ** 2;

/** What the disk takes at least when it is written directly: every place, length and memory is a multiple of it. */
export const BLOCK_BYTES = 512;

/** Memory that begins on a page, as that of WebAssembly does: only from there can a disk read directly. */
export const pagedMemory = (bytes: number): Buffer =>
  Buffer.from(new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) }).buffer);

let zeros: Buffer | undefined;
/** A block of nothing, from memory that a disk can read directly. */
export const zeroBlock = (): Buffer => zeroed().subarray(0, BLOCK_BYTES);
const zeroed = () => (zeros ??= pagedMemory(MIB));

// A system without it has no such constant; a file system without it answers EINVAL.
const O_DIRECT: number = constants.O_DIRECT ?? 0;
let direct = O_DIRECT !== 0;

/**
 * Makes a file of so many bytes of zeros, a multiple of 1 MiB, and has them on disk. Answers with what flags it is best
 * written: `O_DIRECT` where the file system can do without the kernel's cache, otherwise none.
 */
export async function layOut(path: string, bytes: number): Promise<number> {
  if (direct) {
    try {
      await fill(path, bytes, O_DIRECT);
      return O_DIRECT;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
      direct = false;
      await rm(path, { force: true });
    }
  }
  await fill(path, bytes, 0);
  return 0;
}

async function fill(path: string, bytes: number, flags: number): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | flags, 0o600);
  try {
    // One flush at the end: a flush of each piece would hold up the calls' own.
    for (let at = 0; at < bytes; at += MIB) await file.write(zeroed(), 0, MIB, at);
    await file.write(zeroed(), 0, BLOCK_BYTES, 0); // A disk of larger blocks refuses this one.
    await file.datasync();
  } finally {
    await file.close();
  }
}
