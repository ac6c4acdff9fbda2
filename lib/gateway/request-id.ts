import { randomFillSync } from 'node:crypto';

const RANDOM_BYTES = 10;
const pool = Buffer.alloc(RANDOM_BYTES * 400);
/** The pool in hex, two characters per byte. */
let random = '';
let used = 0;
let lastMs = -1;
/** The first 48 bits of the last ID. Under load, most requests share a millisecond with another one. */
let time = '';

/** A UUIDv7 (RFC 9562) for a given time. Random bytes are drawn for 400 IDs at once. */
export function requestId(nowMs: number): string {
  const ms = Math.floor(nowMs);
  if (ms !== lastMs) {
    lastMs = ms;
    const hex = ms.toString(16).padStart(12, '0');
    time = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
  }
  if (used === random.length) refill();
  const at = used;
  used += 2 * RANDOM_BYTES;
  return `${time}${random.slice(at, at + 3)}-${random.slice(at + 3, at + 7)}-${random.slice(at + 7, at + 19)}`;
}

function refill(): void {
  randomFillSync(pool);
  // The low half of each ID's second random byte starts with the variant bits, 10.
  for (let i = 1; i < pool.length; i += RANDOM_BYTES) pool[i] = (pool[i]! & 0xfb) | 0x08;
  random = pool.toString('hex');
  used = 0;
}
