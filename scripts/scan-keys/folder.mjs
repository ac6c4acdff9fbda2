import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { findKeys, mayHoldKey } from './recognize.mjs';

/** Lines that contain this text can contain keys, such as in tests. */
const ALLOWED = 'latchkey-scan:allow';
const SKIPPED = new Set(['.git', 'node_modules']);
const CHUNK_BYTES = 8 * 1024 * 1024;
/** Longer than any encoded key: one cut off at the end of a chunk is complete in the next. */
const OVERLAP_BYTES = 1_024;

/**
 * The regular files under a path, relative to it. In a git work tree, files that git doesn't ignore; elsewhere, all but
 * those in `.git` and `node_modules`. With `everything`, all files.
 */
export function* filesUnder(root, { everything = false } = {}) {
  if (!lstatSync(root).isDirectory()) {
    yield '';
    return;
  }
  const listed = everything ? null : listedByGit(root);
  if (listed) yield* listed;
  else yield* walk(root, '', everything);
}

function listedByGit(root) {
  const args = ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout } = spawnSync('git', args, { maxBuffer: 1024 * 1024 * 1024 });
  if (status !== 0) return null;
  return [...new Set(stdout.toString('utf8').split('\0').filter(Boolean))];
}

function* walk(root, folder, everything) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (everything || !SKIPPED.has(entry.name)) yield* walk(root, path, everything);
    } else if (entry.isFile()) yield path;
  }
}

const buffer = Buffer.allocUnsafe(CHUNK_BYTES + OVERLAP_BYTES);

/** Reports the keys in one file with their lines. Skips binary and special files. Returns the bytes read. */
export function scanFile(path, onKey) {
  let file;
  try {
    // Links are not followed. Their targets are scanned where they are.
    if (!lstatSync(path).isFile()) return 0;
    file = openSync(path, 'r');
  } catch (error) {
    if (error.code === 'ENOENT') return 0; // Deleted in the work tree or since the listing.
    throw error;
  }
  try {
    return fstatSync(file).size === 0 ? 0 : scanChunks(file, onKey);
  } finally {
    closeSync(file);
  }
}

function scanChunks(file, onKey) {
  let total = 0;
  let kept = 0;
  let line = 1;
  let isUtf16 = false;
  for (;;) {
    const read = readSync(file, buffer, kept, CHUNK_BYTES, null);
    const chunk = buffer.subarray(0, kept + read);
    if (total === 0) {
      isUtf16 = chunk[0] === 0xff && chunk[1] === 0xfe;
      if (!isUtf16 && chunk.subarray(0, 8_000).includes(0)) return read;
    }
    total += read;
    const isLast = read < CHUNK_BYTES;
    if (isUtf16) return total + reportUtf16(chunk, onKey);
    const done = isLast ? chunk.length : Math.max(0, chunk.length - OVERLAP_BYTES);
    if (mayHoldKey(chunk)) reportKeys(chunk.toString('latin1'), line, done, onKey);
    if (isLast) return total;
    line += countLines(chunk.subarray(0, done));
    buffer.copyWithin(0, done, chunk.length);
    kept = chunk.length - done;
  }
}

/** Windows editors write settings in UTF-16. Only the first chunk is scanned. */
function reportUtf16(chunk, onKey) {
  reportKeys(chunk.toString('utf16le'), 1, Number.POSITIVE_INFINITY, onKey);
  return 0;
}

/** Reports the keys of a text that start before `end`, except those on lines that allow them. */
export function reportKeys(text, firstLine, end, onKey) {
  let line = firstLine;
  let [from, to] = [0, -1];
  let isAllowed = false;
  for (const key of findKeys(text)) {
    if (key.index >= end) return;
    while (to < key.index) {
      if (to >= 0) {
        line++;
        from = to + 1;
      }
      const next = text.indexOf('\n', from);
      to = next < 0 ? text.length : next;
      isAllowed = to >= key.index && text.slice(from, to).includes(ALLOWED);
    }
    if (!isAllowed) onKey({ ...key, line });
  }
}

function countLines(bytes) {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}
