import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { portalPart } from './supervise.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-env-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = ['PORT', 'MAIL_FROM', 'OPERATOR_EMAIL', 'SMTP_URL'];

/** The environment of a script after it has run the given code. */
function environment(code: string, env: Record<string, string | undefined> = {}) {
  const show = `console.log(JSON.stringify(${JSON.stringify(NAMES)}.map((name) => process.env[name] ?? null)))`;
  const { PATH, NODE_ENV } = process.env;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', `${code}; ${show}`],
    {
      env: { PATH, NODE_ENV, ...env },
      encoding: 'utf8',
    },
  );
  return status === 0 ? JSON.parse(stdout) : stderr;
}
const load = (command: string, env?: Record<string, string>) =>
  environment(
    `import { loadEnvFile } from ${JSON.stringify(resolve('scripts/env-file.mjs'))};
     loadEnvFile(${JSON.stringify(folder)}, ${JSON.stringify(command)})`,
    env,
  );

test('.env is read by the commands that run the product, and environment variables override it', () => {
  expect(load('start')).toEqual([null, null, null, null]);
  writeFileSync(
    join(folder, '.env'),
    '# A comment\nPORT=3100\nMAIL_FROM="Latchkey <no-reply@example.com>" # who\n\nexport OPERATOR_EMAIL=file@example.com\nSMTP_URL=\n',
  );

  for (const command of ['start', 'dev', 'demo', 'catalog', 'plans'])
    expect(load(command, { OPERATOR_EMAIL: 'set@example.com' }), command).toEqual([
      '3100',
      'Latchkey <no-reply@example.com>',
      'set@example.com',
      '',
    ]);
});

test("tests and benchmarks don't read it", () => {
  writeFileSync(join(folder, '.env'), 'PORT=3100\n');
  for (const command of ['test', 'verify', 'bench'])
    expect(load(command), command).toEqual([null, null, null, null]);
});

test("a file that can't be read or used is an error that names the line and shows no value", () => {
  mkdirSync(join(folder, '.env'));
  expect(load('start')).toMatch(/\.env can't be read: EISDIR/);
  rmSync(join(folder, '.env'), { recursive: true });

  writeFileSync(join(folder, '.env'), 'MAIL_FROM="two\nlines"\n# fine\nPORT: 3100secret\n');
  const said = load('start');
  expect(said).toMatch(/\.env can't be used: line 4 is not NAME=value/);
  expect(said).not.toContain('3100secret');
});

test('Next reads no file of its own', () => {
  for (const name of ['.env', '.env.local', '.env.production'])
    writeFileSync(join(folder, name), 'SMTP_URL=smtp://portal-only\n');
  const next = `import env from ${JSON.stringify(resolve('node_modules/@next/env/dist/index.js'))};
    env.loadEnvConfig(${JSON.stringify(folder)}, false)`;

  expect(environment(next)[3]).toBe('smtp://portal-only');
  expect(environment(next, portalPart({ port: 0 }, 'low').env)[3]).toBe(null);
});
