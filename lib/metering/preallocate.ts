import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';

const MIB = 1024 ** 2;

/** Alignment for direct writes: every offset, length and buffer address is a multiple of it. */
export const BLOCK_BYTES = 512;

/** Page-aligned memory. WebAssembly memory always is, and `O_DIRECT` requires it. */
export const pagedMemory = (bytes: number): Buffer =>
  Buffer.from(new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) }).buffer);

let zeros: Buffer | undefined;
/** One block of zeros, aligned for direct writes. */
export const zeroBlock = (): Buffer => zeroed().subarray(0, BLOCK_BYTES);
const zeroed = () => (zeros ??= pagedMemory(MIB));

// Not every system has this constant. A file system without support returns EINVAL.
const O_DIRECT: number = constants.O_DIRECT ?? 0;
let direct = O_DIRECT !== 0;

/**
 * Creates a file of zeros and flushes it to disk. `bytes` is a multiple of 1 MiB. Returns the flag to write it with:
 * `O_DIRECT` where the file system supports it, otherwise 0.
 */
export async function preallocate(path: string, bytes: number): Promise<number> {
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
    // One flush at the end. Flushing each piece would delay the writes of requests.
    for (let at = 0; at < bytes; at += MIB) await file.write(zeroed(), 0, MIB, at);
    await file.write(zeroed(), 0, BLOCK_BYTES, 0); // Fails on disks with larger blocks.
    await file.datasync();
  } finally {
    await file.close();
  }
}
