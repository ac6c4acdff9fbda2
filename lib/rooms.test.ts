import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Each room may import only the rooms before it: the order keeps the product free of cycles. */
const rooms = [
  'vault',
  'access',
  'audit',
  'mail',
  'accounts',
  'teams',
  'members',
  'catalog',
  'applications',
  'credentials',
  'quota',
  'usage',
  'incidents',
  'exposures',
  'posture',
  'notifications',
  'tester',
  'gateway',
  'jobs',
];

const sources = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\./.test(name))
    .map((name) => `${folder}/${name}`);

test('every room stands in the order', () => {
  const folders = readdirSync('lib', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map((entry) => entry.name).filter((name) => !rooms.includes(name))).toEqual([]);
});

test.each(rooms)('%s imports only earlier rooms, and never app/', (room) => {
  const later = rooms.slice(rooms.indexOf(room) + 1);
  const forbidden = new RegExp(
    `from '(#lib/(${later.join('|') || '-'})/|#app/|[./]*/app/|next[/'])|from '\\.\\./`,
  );
  for (const file of existsSync(`lib/${room}`) ? sources(`lib/${room}`) : []) {
    expect(
      readFileSync(file, 'utf8').match(forbidden)?.[0],
      `${file} reaches into a later room`,
    ).toBeUndefined();
  }
});

test('the gateway core knows neither Next nor Drizzle', () => {
  const core = sources('lib/gateway').filter((file) => !/runtime|explain-call|\.test\./.test(file));
  for (const file of core) {
    expect(readFileSync(file, 'utf8').match(/from '(next|drizzle-orm|#db\/)/)?.[0], file).toBeUndefined();
  }
});
