import { inflateRawSync } from 'node:zlib';

export type NamedFile = { /** With `/` between folders. */ name: string; bytes: Uint8Array };

const ENTRIES_MAX = 5_000;
const EXPANDED_MAX = 256 * 1024 * 1024;
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const END_LENGTH = 22;
const COMMENT_MAX = 65_535;

export const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2]! < 8;

/** The JSON and YAML files of a ZIP archive, or the reason why it can't be read (PKWARE APPNOTE 4.3). */
export function readZip(given: Uint8Array): NamedFile[] | string {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  try {
    return readEntries(bytes);
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    return 'The ZIP file is damaged.';
  }
}

function readEntries(bytes: Buffer): NamedFile[] {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  if (count > ENTRIES_MAX) throw new Unreadable(`The ZIP file has more than ${ENTRIES_MAX} entries.`);
  const files: NamedFile[] = [];
  let left = EXPANDED_MAX;
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (bytes.readUInt32LE(at) !== ENTRY) throw new Unreadable('The ZIP file is damaged.');
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength).replaceAll('\\', '/');
    const next = at + 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    if (/\.(?:json|ya?ml)$/i.test(name) && !/(?:^|\/)(?:__MACOSX\/|\.)/.test(name)) {
      const content = contentOf(bytes, at, left);
      left -= content.length;
      files.push({ name, bytes: content });
    }
    at = next;
  }
  return files;
}

function findEnd(bytes: Buffer): number {
  for (let at = bytes.length - END_LENGTH; at >= Math.max(0, bytes.length - END_LENGTH - COMMENT_MAX); at--)
    if (bytes.readUInt32LE(at) === END) return at;
  throw new Unreadable('The ZIP file is damaged.');
}

function contentOf(bytes: Buffer, entry: number, left: number): Buffer {
  if (bytes.readUInt16LE(entry + 8) & 1) throw new Unreadable('The ZIP file is encrypted.');
  const method = bytes.readUInt16LE(entry + 10);
  const local = bytes.readUInt32LE(entry + 42);
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const packed = bytes.subarray(start, start + bytes.readUInt32LE(entry + 20));
  if (method === 0) {
    if (packed.length > left) throw tooLarge();
    return packed;
  }
  if (method !== 8) throw new Unreadable('The ZIP file uses an unusual compression. Create it with deflate.');
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, left) });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw error;
  }
}

const tooLarge = () => new Unreadable(`The ZIP file expands to more than ${EXPANDED_MAX / 1024 / 1024} MB.`);

class Unreadable extends Error {}
