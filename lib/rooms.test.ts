import { globSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Each room can import only the rooms before it. The order keeps the code free of cycles. */
const rooms = [
  ...['process', 'refusals', 'vault', 'access', 'audit', 'mail', 'accounts', 'teams', 'members'],
  ...['invitations', 'reviews', 'catalog', 'applications', 'credentials', 'admission', 'metering'],
  ...['request-log', 'quota', 'usage', 'incidents', 'exposures', 'posture', 'notifications', 'tester'],
  ...['gateway', 'jobs'],
];

const sources = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\./.test(name))
    .map((name) => `${folder}/${name}`);

test('the order lists every room', () => {
  const folders = readdirSync('lib', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map((entry) => entry.name).sort()).toEqual([...rooms].sort());
});

test.each(rooms)('%s imports only earlier rooms, and never app/', (room) => {
  const later = rooms.slice(rooms.indexOf(room) + 1);
  const forbidden = new RegExp(
    `from '(#lib/(${later.join('|') || '-'})/|#app/|[./]*/app/|next[/'])|from '\\.\\./`,
  );
  for (const file of sources(`lib/${room}`)) {
    expect(readFileSync(file, 'utf8').match(forbidden)?.[0], `${file} imports a later room`).toBeUndefined();
  }
});

test('lib does not read the environment: verbs get their settings in the context', () => {
  for (const file of sources('lib')) {
    if (file === 'lib/env.ts' || file === 'lib/gateway/settings.ts') continue;
    expect(readFileSync(file, 'utf8').match(/from '[^']*\/env\.ts'/)?.[0], file).toBeUndefined();
  }
});

test('the gateway core imports neither Next nor Drizzle', () => {
  const core = sources('lib/gateway').filter((file) => !/runtime|explain-call|\.test\./.test(file));
  for (const file of core) {
    expect(readFileSync(file, 'utf8').match(/from '(next|drizzle-orm|#db\/)/)?.[0], file).toBeUndefined();
  }
});

/**
 * The URL folder of a file: `app/docs`, or `app/t/[team]/apps` inside a team. Null for shared folders, whose names start
 * with `_`, and for files directly in `app/` or `app/t/[team]/`.
 */
function urlFolder(file: string): string | null {
  const [folder] = /^app\/(?:t\/\[team\]\/)?[^_/][^/]*(?=\/)/.exec(file) ?? [];
  return folder && folder !== 'app/t' ? folder : null;
}

test('no URL folder imports from another: shared parts are in app/_components, app/_keys and so on', () => {
  for (const file of globSync('app/**/*.{ts,tsx}')) {
    const source = readFileSync(file, 'utf8');
    expect(source.match(/from '\.\.\/.*'/)?.[0], `${file}: use #app/`).toBeUndefined();
    for (const [, target = ''] of source.matchAll(/(?:from|import\()\s*'#(app\/[^']+)'/g)) {
      const folder = urlFolder(target);
      expect(folder === null || folder === urlFolder(file), `${file} imports ${target}`).toBe(true);
    }
  }
});

test('nothing but app/ imports app/', () => {
  for (const file of globSync('{lib,db,emails}/**/*.{ts,tsx}'))
    expect(readFileSync(file, 'utf8').match(/from '#app\//)?.[0], file).toBeUndefined();
});
