import { spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NO_ENV_FILES } from './supervise.ts';

const SOURCES = [
  'app/**/*',
  'lib/**/*',
  'db/**/*',
  'emails/**/*',
  'middleware.ts',
  'instrumentation*.ts',
  'next.config.mjs',
  'package-lock.json',
];

/** Builds the portal when there is no build, or one older than its sources. */
export function buildIfNeeded(): void {
  const marker = join('.next', 'BUILD_ID');
  const builtAt = existsSync(marker) ? statSync(marker).mtimeMs : 0;
  const newest = globSync(SOURCES, { exclude: (name) => name.endsWith('.test.ts') }).reduce(
    (latest, path) => Math.max(latest, statSync(path).mtimeMs),
    0,
  );
  if (builtAt > newest) return;
  console.log(builtAt ? 'The portal has changed: building it …' : 'Building the portal …');
  const { LATCHKEY_ENV: _, ...env } = process.env;
  const build = spawnSync(process.execPath, [join('node_modules', 'next', 'dist', 'bin', 'next'), 'build'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...env,
      ...NO_ENV_FILES,
      NODE_ENV: 'production',
      LATCHKEY_ENV: 'development',
      NEXT_TELEMETRY_DISABLED: '1',
    },
  });
  if (build.status !== 0) throw new Error('The portal could not be built: run `npx next build` to see why.');
}
