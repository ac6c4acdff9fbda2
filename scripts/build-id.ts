import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The files that the portal is built from. */
const SOURCES = [
  'app/**/*',
  'lib/**/*',
  'db/**/*',
  'emails/**/*',
  'patches/*',
  'scripts/scan-keys/**/*',
  'middleware.ts',
  'instrumentation*.ts',
  'next.config.mjs',
  'postcss.config.mjs',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];

/**
 * The ID of a build: the version and a digest of the sources, so that all copies of a version have the same ID, and no
 * other version has it.
 */
export function buildIdOf(root: string): string {
  const digest = createHash('sha256');
  const files = globSync(SOURCES, { cwd: root }).filter((name) => !/\.test\.tsx?$/.test(name));
  for (const name of files.map((path) => path.replaceAll('\\', '/')).sort()) {
    const path = join(root, name);
    if (!statSync(path).isFile()) continue;
    digest.update(`${name}\0`).update(createHash('sha256').update(readFileSync(path)).digest());
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return `${version}-${digest.digest('hex').slice(0, 16)}`;
}

/**
 * The key that a build is made with. Next salts the IDs of server actions with it, so copies only understand each other's
 * forms if it's the same. It isn't a secret: values encrypted at run time use a key of the installation instead.
 */
export const buildKeyOf = (buildId: string): string =>
  createHash('sha256').update(`latchkey actions ${buildId}`).digest('base64');
