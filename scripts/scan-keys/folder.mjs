import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { findKeys, mayHoldKey } from './recognise.mjs';

const SKIPPED = new Set(['.git', 'node_modules']);
const CHUNK_BYTES = 8 * 1024 * 1024;
/** Longer than any key, however it is encoded: what a chunk's end cuts is whole in the next. */
const OVERLAP_BYTES = 1_024;

/**
 * The regular files under a path, relative to it. In a git work tree those that git does not ignore; elsewhere all but
 * `.git` and `node_modules`. With `everything` all there are.
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

/** The keys in one file, each with its line; none for what is no regular file or is binary. Answers the bytes read. */
export function scanFile(path, onKey) {
  let file;
  try {
    // Links are not followed: what they lead to is scanned where it is.
    if (!lstatSync(path).isFile()) return 0;
    file = openSync(path, 'r');
  } catch (error) {
    if (error.code === 'ENOENT') return 0; // Deleted in the work tree, or since it was listed.
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

/** Editors on Windows write settings so; only the first chunk is looked at. */
function reportUtf16(chunk, onKey) {
  reportKeys(chunk.toString('utf16le'), 1, Number.POSITIVE_INFINITY, onKey);
  return 0;
}

/** Reports the keys of a text that begin before `end`. */
export function reportKeys(text, firstLine, end, onKey) {
  let line = firstLine;
  let from = 0;
  for (const key of findKeys(text)) {
    if (key.index >= end) return;
    for (let at = text.indexOf('\n', from); at >= 0 && at < key.index; at = text.indexOf('\n', from)) {
      line++;
      from = at + 1;
    }
    if (!isAllowed(text, key.index)) onKey({ ...key, line });
  }
}

/** Whether the line says that its key is meant to be there, as in a test. */
function isAllowed(text, index) {
  const end = text.indexOf('\n', index);
  const line = text.slice(text.lastIndexOf('\n', index) + 1, end < 0 ? undefined : end);
  return line.includes('latchkey-scan:allow');
}

function countLines(bytes) {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}
