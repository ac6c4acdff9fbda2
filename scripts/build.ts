import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildIdOf } from './build-id.ts';
import { NO_ENV_FILES } from './supervise.ts';

/** Builds the portal unless the build in `.next` is of exactly these sources. */
export function buildIfNeeded(): void {
  const marker = join('.next', 'BUILD_ID');
  const built = existsSync(marker) ? readFileSync(marker, 'utf8') : undefined;
  if (built === buildIdOf(process.cwd())) return;
  console.log(built ? 'The portal has changed. Building it …' : 'Building the portal …');
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
  if (build.status !== 0) throw new Error('The portal could not be built. Run npx next build to see why.');
}
