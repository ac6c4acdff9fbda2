import { crc32 } from 'node:zlib';

/**
 * A spool segment: batches of lines, each after a header `#<bytes> <crc32 in hex>\n`. A batch is one group commit. A
 * truncated or altered batch was never acknowledged, so it is skipped as a whole. `lines.ts` describes the lines.
 */

const HASH = 35;
const NEWLINE = 10;

/** Encodes a batch into the buffer that `memory` returns for its length. */
export function encodeBatch(text: string, memory: (bytes: number) => Buffer = Buffer.allocUnsafe): Buffer {
  const length = Buffer.byteLength(text);
  // The checksum needs the text in place, so its eight characters are written last.
  const head = `#${length} `;
  const buffer = memory(head.length + 9 + length);
  buffer.write(head, 0, 'latin1');
  const body = head.length + 9;
  buffer.write(text, body, 'utf8');
  buffer.write(`${crc32(buffer.subarray(body)).toString(16).padStart(8, '0')}\n`, head.length, 'latin1');
  return buffer;
}

export type Segment = {
  /** Lines of the whole batches, in order, joined by newlines. */
  text: string;
  lines: number;
  /** Bytes that belong to no whole batch. */
  damaged: Buffer;
};

/** Reads a segment's whole batches. Anything between or after them is returned as damaged. */
export function readSegment(file: Buffer): Segment {
  const texts: string[] = [];
  const damaged: Buffer[] = [];
  let lines = 0;
  let at = 0;
  while (at < file.length) {
    if (file[at] === 0) {
      at++; // Preallocated and never used, or the padding of a block.
      continue;
    }
    const batch = batchAt(file, at);
    if (batch) {
      texts.push(file.toString('utf8', batch.from, batch.to - 1));
      lines += countNewlines(file, batch.from, batch.to);
      at = batch.to;
      continue;
    }
    const next = nextHeader(file, at + 1);
    damaged.push(file.subarray(at, next));
    at = next;
  }
  return { text: texts.join('\n'), lines, damaged: Buffer.concat(damaged) };
}

function batchAt(file: Buffer, at: number): { from: number; to: number } | null {
  if (file[at] !== HASH) return null;
  const end = file.indexOf(NEWLINE, at);
  if (end < 0 || end - at > 24) return null;
  const [, length, checksum] = /^#(\d+) ([0-9a-f]{8})$/.exec(file.toString('latin1', at, end)) ?? [];
  if (!length || !checksum) return null;
  const from = end + 1;
  const to = from + Number(length);
  if (to > file.length || to === from || crc32(file.subarray(from, to)) !== Number.parseInt(checksum, 16))
    return null;
  return { from, to };
}

/** The start of the next whole batch, or the end. */
function nextHeader(file: Buffer, from: number): number {
  for (let at = file.indexOf(HASH, from); at >= 0; at = file.indexOf(HASH, at + 1))
    if (batchAt(file, at)) return at;
  return file.length;
}

function countNewlines(file: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = file.indexOf(NEWLINE, from); at >= 0 && at < to; at = file.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
