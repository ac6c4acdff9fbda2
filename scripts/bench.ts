import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CANDIDATES, type CandidateName, isCandidate } from '../bench/candidates.ts';
import { isInstalled } from '../bench/load.ts';
import { runBench } from '../bench/run.ts';
import { buildIfNeeded } from './build.ts';
import { main } from './supervise.ts';

/** The performance comparison of bench/README.md. */

/** Installs what Latchkey is measured against, unless it is there and no older than its lock file. */
function installPeers(): void {
  const modified = (path: string) => (existsSync(path) ? statSync(path).mtimeMs : 0);
  const lock = modified(join('bench', 'package-lock.json'));
  if (modified(join('bench', 'node_modules', '.package-lock.json')) + 1_000 >= lock) return;
  console.log("Installing the benchmark's peers (npm ci) …");
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: 'bench',
    stdio: 'inherit',
  });
  if (install.status !== 0) throw new Error("The benchmark's peers could not be installed: see above.");
}

function chosen(only: string | undefined): CandidateName[] {
  const names = only?.split(',').map((name) => name.trim()) ?? [...CANDIDATES];
  const unknown = names.filter((name) => !isCandidate(name));
  if (unknown.length > 0)
    throw new Error(`No candidate ${unknown.join(', ')}. There are: ${CANDIDATES.join(', ')}.`);
  const present = names.filter(isCandidate).filter((name) => name !== 'nginx' || isInstalled('nginx'));
  if (present.length < names.length) console.log('nginx is not installed and is left out.');
  return present;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1.`);
  return value;
}

await main(async () => {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string' },
      json: { type: 'string', default: join('bench', 'results', 'latest.json') },
    },
  });
  const names = chosen(values.only);
  installPeers();
  if (names.includes('gateway-next')) buildIfNeeded();
  await runBench({
    names,
    seconds: wholeNumber('seconds', values.seconds),
    rounds: wholeNumber('rounds', values.rounds),
    jsonFile: values.json,
  });
});
