import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasNginx, startNginx } from '#tests/support/nginx.ts';
import { aPerson } from '#tests/support/people.ts';
import { PortalClient } from '#tests/support/portal-client.ts';
import { startPortals } from '#tests/support/portals.ts';
import { freePort } from '#tests/support/processes.ts';
import { buildIfNeeded } from '../../scripts/build.ts';
import { buildIdOf } from '../../scripts/build-id.ts';

/** Two machines that each build the same version understand each other's pages and forms. */

const root = process.cwd();
/** On the same file system, so that the dependencies can be linked instead of copied. */
const copy = mkdtempSync(join(dirname(root), 'latchkey-copy-'));

beforeAll(() => {
  buildIfNeeded();
  const tracked = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    encoding: 'utf8',
  }).stdout;
  for (const file of tracked.split('\0').filter((name) => name && existsSync(name)))
    cpSync(file, join(copy, file));
  expect(spawnSync('cp', ['-al', 'node_modules', join(copy, 'node_modules')]).status).toBe(0);
  const node = join(copy, 'node_modules', 'node', 'bin', 'node');
  const program = "import('./scripts/build.ts').then(({ buildIfNeeded }) => buildIfNeeded())";
  const build = spawnSync(node, ['-e', program], { cwd: copy, encoding: 'utf8' });
  expect(build.status, build.stderr).toBe(0);
}, 900_000);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

type Manifest = { node: Record<string, { exportedName: string; filename: string }> };
const read = (folder: string, file: string) => readFileSync(join(folder, '.next', file), 'utf8');
const actionsOf = (folder: string) => {
  const { node } = JSON.parse(read(folder, 'server/server-reference-manifest.json')) as Manifest;
  return Object.entries(node)
    .map(([id, { filename, exportedName }]) => `${filename}#${exportedName} ${id}`)
    .sort();
};

test('both have the same build ID, of exactly these sources', () => {
  expect([read(root, 'BUILD_ID'), read(copy, 'BUILD_ID')]).toEqual([buildIdOf(root), buildIdOf(root)]);
});

test('both have the same server actions, under the same IDs', () => {
  expect(actionsOf(copy).length).toBeGreaterThan(50);
  expect(actionsOf(copy)).toEqual(actionsOf(root));
});

test('both have the same files for the browser', () => {
  const filesOf = (folder: string) =>
    spawnSync('find', ['.next/static', '-type', 'f'], { cwd: folder, encoding: 'utf8' })
      .stdout.split('\n')
      .sort();
  expect(filesOf(copy)).toEqual(filesOf(root));
});

test.skipIf(!hasNginx)(
  'behind a proxy that alternates between them, every page and every form works',
  async () => {
    const port = await freePort();
    const env = { PORTAL_URL: `http://localhost:${port}` };
    const portals = await startPortals(2, env, [root, copy]);
    const nginx = await startNginx(portals.origins, portals.folder, { port, health: '/api/health' });
    try {
      const { account, user } = await aPerson(portals.db);
      const client = new PortalClient(env.PORTAL_URL);
      expect(await client.signIn(account)).toBe(true);
      for (let i = 0; i < 20; i++) {
        expect((await client.get('/account')).status).toBe(200);
        const change = [{ status: 'idle' }] as const;
        const { state } = await client.act('app/_account/actions.ts#changeNameAction', '/account', change, {
          name: `Grace ${i}`,
        });
        expect(state, `form ${i}`).toBe('done');
      }
      const [row] = await portals.sql`select name from users where id = ${user.userId}`;
      expect(row?.name).toBe('Grace 19');
    } finally {
      nginx.stop();
      await portals.stop();
    }
  },
  300_000,
);
