import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { findKeys, redactKeys } from '#lib/vault/find-keys.ts';

const CLI = join(dirname(fileURLToPath(import.meta.url)), 'scan-keys', 'cli.mjs');
const { secretKey, sharedKey, keyId } = mintKeyPair('production');
const masked = redactKeys(secretKey);

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'latchkey-scan-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Isolates git and the scanner from the machine's configuration and from this repository. */
const environment = {
  PATH: process.env.PATH,
  NODE_ENV: 'test' as const,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  ...{ GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' },
  ...{ GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' },
  GIT_AUTHOR_DATE: '2026-11-01T12:00:00Z',
};
function run(command: string, args: string[], input?: string) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: environment,
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
  });
  const output = stdout + stderr;
  // No key is ever printed in full.
  expect(output).not.toContain(secretKey.slice(30, 60));
  return { status, stdout, stderr };
}
const scan = (...args: string[]) => run(process.execPath, [CLI, ...args]);
function git(...args: string[]) {
  const done = run('git', args);
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout.trim();
}
function write(name: string, content: string | Buffer) {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), content);
}
type Key = { kind: string; file: string; line: number; commit?: string; masked: string; keyId: string };
const keysOf = (...args: string[]) => JSON.parse(scan('--json', ...args).stdout) as Key[]; // The scanner's own output.
const commitAll = (message: string) => {
  git('add', '-A');
  git('commit', '-q', '-m', message);
};

test('keys in a folder are listed masked, with file and line; binary files and node_modules are skipped', () => {
  write('src/config.ts', `// first\nconst key = '${secretKey}';\n`);
  write('deploy/secret.yaml', `data:\n  key: ${btoa(secretKey)}\n`);
  write('windows.ini', Buffer.from(`\ufeff[a]\r\nkey=${secretKey}\r\n`, 'utf16le'));
  write('image.png', Buffer.from(`\0PNG ${secretKey}`));
  write('node_modules/a/index.js', secretKey);
  write('fixture.txt', `${secretKey} latchkey-scan:allow\n${secretKey.slice(0, -1)}\n${sharedKey}\n`);

  const { status, stdout, stderr } = scan();

  expect(status).toBe(1);
  expect(stdout.trim().split('\n').sort()).toEqual([
    `deploy/secret.yaml:2  ${masked}  (Credential ID ${keyId})`,
    `src/config.ts:2  ${masked}  (Credential ID ${keyId})`,
    `windows.ini:2  ${masked}  (Credential ID ${keyId})`,
  ]);
  expect(stderr).toContain('One secret key found');
  expect(scan('src/config.ts').status).toBe(1);
  expect(keysOf('--all', 'fixture.txt')).toMatchObject([{ kind: 'shared', masked: sharedKey, line: 3 }]);
  expect(scan('fixture.txt').status).toBe(0);
  expect(keysOf('--everything').map(({ file }) => file)).toContain('node_modules/a/index.js');
});

test('in a git work tree, ignored files are skipped', () => {
  git('init', '-q');
  write('.gitignore', '.env\n');
  write('.env', secretKey);
  expect(scan()).toMatchObject({ status: 0, stdout: '' });
  write('untracked.txt', secretKey);
  expect(keysOf().map(({ file }) => file)).toEqual(['untracked.txt']);
  expect(keysOf('--everything')).toHaveLength(2);
});

test('a key that was committed and later removed is found in the history with its commit', () => {
  git('init', '-q');
  write('a file — näme.txt', 'one\ntwo\n');
  commitAll('first');
  write('a file — näme.txt', `one\nkey=${secretKey}\ntwo\n`);
  commitAll('second');
  const leak = git('rev-parse', 'HEAD');
  write('a file — näme.txt', 'one\ntwo\n');
  commitAll('third');

  expect(scan().status).toBe(0);
  expect(keysOf('--history')).toEqual([
    {
      ...{ kind: 'secret', environment: 'production', keyId, masked, file: 'a file — näme.txt', line: 2 },
      ...{ commit: leak, date: '2026-11-01', author: 'Ada' },
    },
  ]);
  expect(scan('--history').stdout).toBe(
    `${leak.slice(0, 12)} 2026-11-01 Ada  a file — näme.txt:2  ${masked}  (Credential ID ${keyId})\n`,
  );
});

test('the history includes other branches, stashes, merges and commit messages', () => {
  git('init', '-q', '-b', 'main');
  write('file.txt', 'a\n');
  commitAll('first');
  git('checkout', '-q', '-b', 'side');
  write('side.txt', `+++ b/wrong\n@@ -1 +99 @@\n${mintKeyPair('staging').secretKey}\n`);
  commitAll('side');
  git('checkout', '-q', 'main');
  write('file.txt', 'b\n');
  commitAll(`talks of ${mintKeyPair('development').secretKey}`);
  git('merge', '-q', '--no-ff', '--no-commit', 'side');
  write('file.txt', `b\n${secretKey}\n`);
  commitAll('evil merge');
  write('file.txt', mintKeyPair('production').secretKey);
  git('stash', '-q');

  const found = keysOf('--history').map(
    ({ file, line, masked: key }) => `${file}:${line} ${key.slice(0, 11)}`,
  );

  expect([...new Set(found)].sort()).toEqual([
    'file.txt:1 lk_sk_prod_',
    'file.txt:2 lk_sk_prod_',
    'null:null lk_sk_dev_…',
    'side.txt:3 lk_sk_stg_…',
  ]);
});

test('the hook rejects commits that add a key and accepts others; an existing hook still runs', () => {
  git('init', '-q');
  write('.git/hooks/pre-commit', '#!/bin/sh\necho ran >> "$(git rev-parse --git-dir)/older"\n');
  chmodSync(join(root, '.git/hooks/pre-commit'), 0o755);
  expect(scan('--install-hook').stdout).toContain('Your existing hook runs before it.');
  expect(scan('--install-hook').status).toBe(0);
  const tryCommit = () => {
    git('add', '-A');
    return run('git', ['commit', '-m', 'x']);
  };

  write('a.txt', 'nothing\n');
  expect(tryCommit().status).toBe(0);
  write('b.txt', `one\n${secretKey}\n`);
  const rejected = tryCommit();
  expect(rejected.status).toBe(1);
  expect(rejected.stdout + rejected.stderr).toContain(`b.txt:2  ${masked}`);
  expect(rejected.stderr).toContain('The commit was rejected');
  expect(git('log', '--format=%s')).toBe('x');

  // Only in the work tree, so the next commit doesn't add it.
  git('reset', '-q');
  write('c.txt', 'c');
  git('add', 'c.txt');
  expect(run('git', ['commit', '-m', 'y']).status).toBe(0);
  expect(readFileSync(join(root, '.git/older'), 'utf8')).toBe('ran\n'.repeat(3));
  // Removing a key is allowed.
  run('git', ['commit', '--no-verify', '-am', 'z']);
  git('add', '-A');
  run('git', ['commit', '--no-verify', '-m', 'leak']);
  write('b.txt', 'one\n');
  expect(tryCommit().status).toBe(0);
});

test('an existing hook can reject the commit', () => {
  git('init', '-q');
  write('.git/hooks/pre-commit', '#!/bin/sh\nexit 3\n');
  chmodSync(join(root, '.git/hooks/pre-commit'), 0o755);
  scan('--install-hook');
  write('a.txt', 'nothing\n');
  git('add', '-A');
  expect(run('git', ['commit', '-m', 'x']).status).not.toBe(0);
});

test('errors are reported with exit status 2', () => {
  for (const args of [
    ['--history'],
    ['--install-hook'],
    ['nowhere'],
    ['--patterns', 'toString'],
    ['--nonsense'],
    ['a', 'b'],
  ]) {
    const { status, stdout, stderr } = scan(...args);
    expect([status, stdout], args.join(' ')).toEqual([2, '']);
    expect(stderr).toMatch(/^latchkey-scan: ./);
  }
  expect(scan('--help')).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(join(root, '.git'))).toBe(false);
});

test('the patterns find keys and contain none', () => {
  const regex = scan('--patterns', 'regex').stdout.trim();
  expect(new RegExp(`^${regex}$`).test(secretKey)).toBe(true);
  for (const tool of ['gitleaks', 'github']) {
    const { stdout, status } = scan('--patterns', tool);
    expect([status, stdout.includes(regex)]).toEqual([0, true]);
    expect(run(process.execPath, [CLI, '-'], stdout).status).toBe(0);
  }
  const sample = /LATCHKEY_SECRET_KEY=(\S+)/.exec(scan('--patterns', 'github').stdout)?.[1];
  expect(sample).toMatch(new RegExp(`^${regex}$`));
});

test('escaped keys are found in folders and in the history', () => {
  const escaped = [...secretKey].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
  git('init', '-q');
  write('access.log', `GET /a?q=${escaped}\n`);
  write('page.html', secretKey.replace('l', '&#108;').replaceAll('_', '&#95;'));
  expect(keysOf().map(({ file, masked: key }) => [file, key])).toEqual([
    ['access.log', masked],
    ['page.html', masked],
  ]);
  commitAll('leak');
  expect(keysOf('--history').map(({ file }) => file)).toEqual(['access.log', 'page.html']);
});

test('a long line takes linear time, with or without keys', () => {
  git('init', '-q');
  write('keys.txt', `${secretKey} `.repeat(50_000).concat('latchkey-scan:allow'));
  write('minified.js', `${'a'.repeat(30_000_000)} ${secretKey}`);
  const start = performance.now();
  expect(scan('keys.txt').status).toBe(0);
  commitAll('long lines');
  expect(keysOf('--history').map(({ file }) => file)).toEqual(['minified.js']);
  expect(performance.now() - start).toBeLessThan(60_000);
});

test('keys at chunk boundaries of a large file are found', () => {
  const chunk = 8 * 1024 * 1024;
  const pairs = [0, 1, 2].map(() => mintKeyPair('staging'));
  const parts = [chunk - 40, 2 * chunk - 1_030, 3 * chunk - 1_024];
  const bytes = Buffer.alloc(3 * chunk + 500, '.');
  for (let at = 99; at < bytes.length; at += 100) bytes[at] = 10;
  pairs.forEach((pair, i) => {
    bytes.write(` ${pair.secretKey} `, parts[i]! - (parts[i]! % 100) + 1, 'latin1');
  });
  write('big.log', bytes);

  expect(keysOf('big.log').map(({ keyId: id, line }) => [id, line])).toEqual(
    pairs.map((pair, i) => [pair.keyId, Math.floor(parts[i]! / 100) + 1]),
  );
});

test('the scanner and the portal find the same keys', () => {
  const samples: string[] = [];
  const hex = (letter: string) => letter.charCodeAt(0).toString(16);
  const escapes = [
    (letter: string) => `%${hex(letter)}`,
    (letter: string) => `%2525${hex(letter).toUpperCase()}`,
    (letter: string) => `\\u00${hex(letter)}`,
    (letter: string) => `\\x${hex(letter)}`,
    (letter: string) => `&#x${hex(letter)};`,
    (letter: string) => `&#${letter.charCodeAt(0)};`,
  ];
  const letters = '_%5F\\u005f-= /xX9lkspbGtf&#;';
  for (let i = 0; i < 3_000; i++) {
    const { secretKey: secret, sharedKey: shared } = mintKeyPair(
      (['development', 'staging', 'production'] as const)[i % 3]!,
    );
    const forms = [
      secret,
      shared,
      `${shared}:${secret}`,
      `x${secret}`,
      `"${secret}"`,
      secret.slice(0, i % 80),
    ];
    let text = forms[i % forms.length]!;
    if (i % 5 === 0) text = btoa(`${'a'.repeat(i % 4)}${text}`);
    if (i % 7 === 0) text = text.replaceAll('_', ['%5F', '\\_', '\\u005F', '%255f'][i % 4]!);
    if (i % 11 === 0) text = text.replace(/[lkgs]/g, (letter) => escapes[i % escapes.length]!(letter));
    if (i % 3 === 0) {
      const at = (i * 31) % text.length;
      text = text.slice(0, at) + letters[i % letters.length] + text.slice(at + (i % 2));
    }
    samples.push(`${letters[(i * 7) % letters.length]}${text}${letters[(i * 11) % letters.length]}`);
  }
  const { stdout } = run(process.execPath, [CLI, '-', '--json', '--all'], samples.join('\n'));
  const scanned = (JSON.parse(stdout) as Key[]).map(({ line, kind, keyId: id }) => `${line} ${kind} ${id}`);
  const portal = samples.flatMap((text, i) =>
    findKeys(text).map(({ kind, keyId: id }) => `${i + 1} ${kind} ${id}`),
  );

  expect(scanned).toEqual(portal);
  expect(portal.length).toBeGreaterThan(1_000);
});
