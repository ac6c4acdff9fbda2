import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CANDIDATES, type CandidateName, isCandidate } from '../bench/candidates.ts';
import { runIngest } from '../bench/ingest.ts';
import { isInstalled, loadTool } from '../bench/load.ts';
import { runLoginFlood } from '../bench/login-flood.ts';
import { machine, type Part, targetLines } from '../bench/part.ts';
import { runRouting } from '../bench/routing.ts';
import { runGateways } from '../bench/run.ts';
import { runUsagePages } from '../bench/usage-pages.ts';
import { buildIfNeeded } from './build.ts';
import { main } from './supervise.ts';

/** The measurements of bench/README.md. */
const PARTS = ['alternating', 'routing', 'lookups', 'ingest', 'usage-pages', 'login-flood'] as const;
/** Names for groups of candidates. */
const GROUPS: Readonly<Record<string, readonly CandidateName[]>> = {
  gateways: CANDIDATES,
  metering: ['gateway', 'gateway-process', 'unmetered'],
};

/** Installs the gateways to compare with, unless they are installed and no older than the lock file. */
function installPeers(): void {
  const modified = (path: string) => (existsSync(path) ? statSync(path).mtimeMs : 0);
  const lock = modified(join('bench', 'package-lock.json'));
  if (modified(join('bench', 'node_modules', '.package-lock.json')) + 1_000 >= lock) return;
  console.log('Installing the gateways to compare with (npm ci) …');
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: 'bench',
    stdio: 'inherit',
  });
  if (install.status !== 0)
    throw new Error("The gateways to compare with couldn't be installed. See the messages above.");
}

function chosen(only: string | undefined): { candidates: CandidateName[]; parts: Set<string> } {
  const given = only?.split(',').map((name) => name.trim()) ?? ['gateways', ...PARTS];
  const names = [...new Set(given.flatMap((name): readonly string[] => GROUPS[name] ?? [name]))];
  const parts = new Set<string>(PARTS.filter((part) => names.includes(part)));
  const unknown = names.filter((name) => !isCandidate(name) && !parts.has(name));
  const known = [...Object.keys(GROUPS), ...PARTS, ...CANDIDATES].join(', ');
  if (unknown.length > 0) throw new Error(`Unknown name: ${unknown.join(', ')}. Choose from: ${known}.`);
  const candidates = names.filter(isCandidate);
  const present = candidates.filter((name) => name !== 'nginx' || isInstalled('nginx'));
  if (present.length < candidates.length) console.log("nginx isn't installed. Skipping it.");
  return { candidates: present, parts };
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
      slices: { type: 'string', default: '20' },
      only: { type: 'string' },
      results: { type: 'string', default: join('bench', 'results') },
      'usage-rows': { type: 'string', default: '1000000' },
      'usage-folder': { type: 'string', default: join(tmpdir(), 'latchkey-bench-usage') },
      'usage-visits': { type: 'string', default: '20' },
    },
  });
  const { results } = values;
  const { candidates, parts } = chosen(values.only);
  const seconds = wholeNumber('seconds', values.seconds);
  const rounds = wholeNumber('rounds', values.rounds);
  const slices = wholeNumber('slices', values.slices);
  const pages = {
    rows: wholeNumber('usage-rows', values['usage-rows']),
    visits: wholeNumber('usage-visits', values['usage-visits']),
    folder: values['usage-folder'],
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  if (candidates.length > 0 || parts.has('alternating')) installPeers();
  if (candidates.includes('gateway-next') || parts.has('login-flood')) buildIfNeeded();

  const found: Part[] = [];
  if (parts.has('routing')) found.push(runRouting({ results }));
  const lookups = parts.has('lookups');
  const asked = { names: candidates, lookups, slices: parts.has('alternating') ? slices : 0 };
  if (candidates.length > 0 || lookups || asked.slices > 0)
    found.push(...(await runGateways({ ...asked, seconds, rounds, results })));
  if (parts.has('ingest')) found.push(await runIngest({ seconds, rounds, results }));
  if (parts.has('usage-pages')) found.push(await runUsagePages({ ...pages, results }));

  if (parts.has('login-flood')) found.push(await runLoginFlood({ rounds, results }));

  const { cpu, cores, node, date } = machine();
  console.log(`\n${cpu}, ${cores} cores, Node ${node}, ${loadTool}, ${date}`);
  for (const { title, table } of found) console.log(`\n**${title}**\n\n${table}`);
  // Targets of parts that --only skipped have no measurement.
  const reached = found.flatMap(({ targets }) => targets).filter(({ measured }) => measured !== null);
  console.log(`\nTargets:\n\n${targetLines(reached)}\n`);
  console.log(`Written to ${results}.`);
});
