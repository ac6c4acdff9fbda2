#!/usr/bin/env node
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { filesUnder, reportKeys, scanFile } from './folder.mjs';
import { scanHistory, scanStaged } from './history.mjs';
import { installHook } from './hook.mjs';
import { PATTERNS } from './patterns.mjs';

const HELP = `Usage: latchkey-scan [path] [options]

Finds Latchkey secret keys in files and git history, including keys that are URL-encoded, escaped or in base64. Every
finding is verified by its checksum. Keys are printed masked. The scanner works offline and sends nothing.

  [path]                 file or folder to scan, or - for standard input (default: current folder)
  --history              scan every commit and commit message of all branches, tags and stashes
  --staged               scan the lines that the next commit adds
  --all                  include shared keys, which aren't secret
  --everything           include ignored files, node_modules and .git
  --json                 print a JSON array
  --install-hook         install a pre-commit hook that rejects secret keys; an existing hook still runs
  --patterns <tool>      print the pattern for another tool: gitleaks, github or regex
  --help                 show this help

Lines that contain latchkey-scan:allow are skipped.
Exit status: 0 no keys found, 1 keys found, 2 error.`;

const OPTIONS = {
  history: { type: 'boolean' },
  staged: { type: 'boolean' },
  all: { type: 'boolean' },
  everything: { type: 'boolean' },
  json: { type: 'boolean' },
  'install-hook': { type: 'boolean' },
  patterns: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
};

async function main() {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (values.help) return say(HELP);
  if (positionals.length > 1) throw new Error('Enter at most one path.');
  const root = positionals[0] ?? '.';
  if (values.patterns !== undefined) {
    const pattern = Object.hasOwn(PATTERNS, values.patterns) ? PATTERNS[values.patterns] : null;
    if (!pattern) throw new Error('--patterns must be gitleaks, github or regex.');
    process.stdout.write(pattern);
    return 0;
  }
  if (values['install-hook']) {
    const { hook, kept } = installHook(root);
    return say(`Installed ${hook}.${kept ? ' Your existing hook runs before it.' : ''}`);
  }

  const startedAt = performance.now();
  const keys = [];
  const collect = (key) => {
    if (key.kind === 'secret' || values.all) keys.push(key);
  };
  const bytes = await scan(root, values, collect);
  if (values.json)
    say(
      JSON.stringify(
        keys.map(({ index: _index, ...rest }) => rest),
        null,
        2,
      ),
    );
  else {
    for (const key of keys) say(lineOf(key));
    const seconds = (performance.now() - startedAt) / 1_000;
    const read = `${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s`;
    console.error(keys.length > 0 ? adviceFor(keys, values, read) : `No keys found (${read}).`);
  }
  return keys.length > 0 ? 1 : 0;
}

async function scan(root, values, collect) {
  if (values.history) return scanHistory(root, collect);
  if (values.staged) return scanStaged(root, collect);
  if (root === '-') {
    const chunks = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    const input = Buffer.concat(chunks);
    reportKeys(input.toString('latin1'), 1, Number.POSITIVE_INFINITY, (key) =>
      collect({ ...key, file: '-' }),
    );
    return input.length;
  }
  let bytes = 0;
  for (const name of filesUnder(root, { everything: values.everything ?? false })) {
    const path = join(root, name);
    bytes += scanFile(path, (key) => collect({ ...key, file: path }));
  }
  return bytes;
}

function lineOf({ file, line, commit, date, author, masked, keyId, kind }) {
  const place = file === null ? 'commit message' : `${file}:${line}`;
  const when = commit ? `${commit.slice(0, 12)} ${date} ${printable(author)}  ` : '';
  return `${when}${printable(place)}  ${masked}${kind === 'secret' ? `  (Credential ID ${keyId})` : ''}`;
}

/** File and author names are untrusted: removes characters that control the terminal. */
const printable = (text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');

function adviceFor(keys, values, read) {
  const secrets = new Set(keys.filter(({ kind }) => kind === 'secret').map(({ keyId }) => keyId)).size;
  if (secrets === 0)
    return `${keys.length === 1 ? 'One shared key' : `${keys.length} shared keys`} found (${read}). Shared keys aren't secret.`;
  const found = `${secrets === 1 ? 'One secret key' : `${secrets} secret keys`} found (${read}).`;
  return values.staged
    ? `${found} The commit was rejected. Remove the key, or add latchkey-scan:allow to its line.`
    : `${found} Removing a key from your files isn't enough. Revoke it in the portal, or report it at /found-a-key.`;
}

function say(text) {
  console.log(text);
  return 0;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    console.error(`latchkey-scan: ${error.message}`);
    process.exitCode = 2;
  },
);
