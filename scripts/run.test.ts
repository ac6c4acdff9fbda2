import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { temporaryFolder } from '#tests/support/processes.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

/** A project whose lock file is newer than its dependencies, with an `npm` that only reports that it ran. */
function outdatedProject(): {
  run: (command: string, options?: string[]) => { status: number | null; said: string };
} {
  const at = (...names: string[]) => join(folder.path, ...names);
  for (const name of ['scripts', 'bin', 'node_modules/node/bin', 'data'])
    mkdirSync(at(name), { recursive: true });
  for (const name of ['run.mjs', 'env-file.mjs']) copyFileSync(join('scripts', name), at('scripts', name));
  cpSync('patches', at('patches'), { recursive: true });
  copyFileSync('package-lock.json', at('package-lock.json'));
  symlinkSync(process.execPath, at('node_modules/node/bin/node'));
  writeFileSync(at('node_modules/.package-lock.json'), '{}');
  utimesSync(at('node_modules/.package-lock.json'), 1, 1);
  for (const command of ['plans', 'catalog', 'start'])
    writeFileSync(at('scripts', `${command}.ts`), `console.log('${command} ran');`);
  writeFileSync(at('bin/npm'), '#!/bin/sh\necho "npm $*"\n');
  chmodSync(at('bin/npm'), 0o755);
  return {
    run: (command, options = []) => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [...options, at('scripts/run.mjs'), command],
        {
          env: { NODE_ENV: 'test', PATH: `${at('bin')}:${process.env.PATH}`, DATA_DIR: at('data') },
          encoding: 'utf8',
        },
      );
      return { status, said: stdout + stderr };
    },
  };
}

test('commands beside a running service install nothing', () => {
  const { run } = outdatedProject();
  for (const command of ['plans', 'catalog'])
    expect(run(command)).toEqual({ status: 0, said: `${command} ran\n` });
  expect(run('start').said).toMatch(/^Installing dependencies.*npm ci .*start ran/s);
});

test('npm start does not replace the dependencies of a running service', () => {
  const { run } = outdatedProject();
  writeFileSync(
    join(folder.path, 'data', 'latchkey.lock'),
    JSON.stringify({ host: hostname(), pid: process.pid }),
  );
  const { status, said } = run('start');
  expect([status, said]).toEqual([
    1,
    `Dependencies have changed, but Latchkey is running here (process ${process.pid}). Stop it, then try again.\n`,
  ]);
});

test('an old Node and an unknown command get one line', () => {
  const { run } = outdatedProject();
  const old =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })";
  expect(run('start', ['--import', `data:text/javascript,${encodeURIComponent(old)}`])).toEqual({
    status: 1,
    said: 'Latchkey needs Node 20.20 or newer to start. This is Node 18.20.4.\n',
  });
  expect(run('strat')).toEqual({ status: 1, said: 'Unknown command: strat\n' });
});

/** A command of the product with a database, in development. */
function command(script: string, args: string[], databaseUrl: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('scripts', script), ...args], {
    env: { ...process.env, NODE_ENV: 'development', DATABASE_URL: databaseUrl, DATA_DIR: folder.path },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('reading commands change nothing: an empty, older or newer database stays as it is', {
  timeout: 120_000,
}, async () => {
  const empty: OwnDatabase = await ownDatabase('template0');
  const own: OwnDatabase = await ownDatabase();
  try {
    for (const script of ['plans.ts', 'catalog.ts'])
      expect(command(script, ['list'], empty.url)).toEqual({
        status: 1,
        stdout: '',
        stderr: 'The database is empty. Run npm start once to create the tables.\n',
      });
    expect(await empty.sql`select count(*)::int as n from pg_namespace where nspname = 'drizzle'`).toEqual([
      { n: 0 },
    ]);
    expect(command('plans.ts', ['list'], own.url)).toMatchObject({ status: 0, stderr: '' });

    await own.sql`delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)`;
    expect(command('plans.ts', ['list'], own.url).stderr).toBe(
      'The database has the schema of an older version. Run npm start to migrate it.\n',
    );
  } finally {
    await empty.drop();
    await own.drop();
  }
});

test('a database that is missing or invalid settings get one line, not a stack trace', {
  timeout: 60_000,
}, () => {
  const away = command('plans.ts', ['list'], 'postgres://latchkey:secret-4711@127.0.0.1:1/latchkey');
  expect(away.status).toBe(1);
  expect(away.stderr).toMatch(/^The database at 127\.0\.0\.1:1 can't be reached: .*ECONNREFUSED.*\n$/);
  expect(command('start.ts', [], 'mysql://localhost').stderr).toBe(
    'The configuration is invalid:\n  DATABASE_URL must be a postgres:// URL\n',
  );
  expect(existsSync(join(folder.path, 'latchkey.lock'))).toBe(false);
});
