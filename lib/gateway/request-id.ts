import { randomFillSync } from 'node:crypto';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const pool = Buffer.alloc(10 * 400);
let used = pool.length;

/** A UUIDv7 (RFC 9562) for a given time. Random bytes are drawn for 400 ids at once. */
export function requestId(nowMs: number): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used;
  used += 10;
  const time = Math.floor(nowMs).toString(16).padStart(12, '0');
  const h = (offset: number) => HEX[pool[at + offset]!]!;
  const version = (0x70 | (pool[at]! & 0x0f)).toString(16);
  const variant = HEX[0x80 | (pool[at + 2]! & 0x3f)]!;
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}${h(1)}-${variant}${h(3)}-${h(4)}${h(5)}${h(6)}${h(7)}${h(8)}${h(9)}`;
}
