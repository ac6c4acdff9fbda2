#!/usr/bin/env node
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { filesUnder, reportKeys, scanFile } from './folder.mjs';
import { scanHistory, scanStaged } from './history.mjs';
import { installHook } from './hook.mjs';
import { PATTERNS } from './patterns.mjs';

const HELP = `Usage: latchkey-scan [path] [options]

Finds Latchkey secret keys, plain, encoded in addresses or in base64. Their checksum is verified offline, so what it
finds is a key. Keys are printed masked, nothing is sent anywhere.

  [path]                 folder or file to scan, - for the standard input; the current folder if left out
  --history              every commit of every branch, tag and stash of the git repository, messages too
  --staged               what the next commit adds
  --all                  shared keys as well; they are no secrets
  --everything           ignored files, node_modules and .git as well
  --json                 one JSON array
  --install-hook         install a pre-commit hook that refuses secret keys; one that is there goes on running
  --patterns <for>       print the pattern for: gitleaks, github, regex
  --help

A line with the words latchkey-scan:allow is left out.
Exit status: 0 nothing found, 1 keys found, 2 something went wrong.`;

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
  if (positionals.length > 1) throw new Error('Give one path at most.');
  const root = positionals[0] ?? '.';
  if (values.patterns !== undefined) {
    const pattern = Object.hasOwn(PATTERNS, values.patterns) ? PATTERNS[values.patterns] : null;
    if (!pattern) throw new Error('--patterns is for gitleaks, github or regex.');
    process.stdout.write(pattern);
    return 0;
  }
  if (values['install-hook']) {
    const { hook, kept } = installHook(root);
    return say(`Installed ${hook}.${kept ? ' The hook that was there runs before it.' : ''}`);
  }

  const startedAt = performance.now();
  const keys = [];
  const take = (key) => {
    if (key.kind === 'secret' || values.all) keys.push(key);
  };
  const bytes = await scan(root, values, take);
  if (values.json)
    say(
      JSON.stringify(
        keys.map(({ index: _index, ...told }) => told),
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

async function scan(root, values, take) {
  if (values.history) return scanHistory(root, take);
  if (values.staged) return scanStaged(root, take);
  if (root === '-') {
    const chunks = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    const input = Buffer.concat(chunks);
    reportKeys(input.toString('latin1'), 1, Number.POSITIVE_INFINITY, (key) => take({ ...key, file: '-' }));
    return input.length;
  }
  let bytes = 0;
  for (const name of filesUnder(root, { everything: values.everything ?? false })) {
    const path = join(root, name);
    bytes += scanFile(path, (key) => take({ ...key, file: path }));
  }
  return bytes;
}

function lineOf({ file, line, commit, date, author, masked, keyId, kind }) {
  const place = file === null ? 'commit message' : `${file}:${line}`;
  const when = commit ? `${commit.slice(0, 12)} ${date} ${printable(author)}  ` : '';
  return `${when}${printable(place)}  ${masked}${kind === 'secret' ? `  (Credential ID ${keyId})` : ''}`;
}

/** Names come from others: nothing in them steers the terminal. */
const printable = (text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');

function adviceFor(keys, values, read) {
  const secrets = new Set(keys.filter(({ kind }) => kind === 'secret').map(({ keyId }) => keyId)).size;
  if (secrets === 0) return `${keys.length} shared keys found (${read}): they are no secrets.`;
  const found = `${secrets === 1 ? 'One secret key' : `${secrets} secret keys`} found (${read}).`;
  return values.staged
    ? `${found} The commit is refused: take the key out, or mark its line with latchkey-scan:allow.`
    : `${found} Removing it is not enough: revoke it in the portal, or report it at /found-a-key.`;
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
