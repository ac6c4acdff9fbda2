import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { buildIfNeeded } from './build.ts';
import { main } from './supervise.ts';

/** Everything that must hold: lint, types, unit, integration, conformance, faults and browser journeys. */

const CHROMIUM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
});

const bin = (name: string) => join('node_modules', '.bin', name);
const run = (command: string, args: string[], env: NodeJS.ProcessEnv = process.env) =>
  spawnSync(command, args, { stdio: 'inherit', env }).status === 0;

function findChromium(): string {
  const known = [process.env.CHROMIUM_PATH, ...CHROMIUM].find((path) => path && existsSync(path));
  if (known) return known;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium (apt-get) …');
    const quiet = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    if (
      run('apt-get', ['update', '-qq'], quiet) &&
      run('apt-get', ['install', '-y', '-qq', 'chromium'], quiet)
    )
      return findInstalled();
  }
  throw new Error('No Chromium for the browser tests. Install it, or set CHROMIUM_PATH to one.');
}

function findInstalled(): string {
  const path = CHROMIUM.find((candidate) => existsSync(candidate));
  if (!path) throw new Error('Chromium was installed but is not where it is expected. Set CHROMIUM_PATH.');
  return path;
}

/** Runs vitest projects; answers how many tests passed and failed. A suite that can't be loaded is a failure. */
function runVitest(
  projects: readonly string[],
  env: NodeJS.ProcessEnv,
  workers = 2,
): { passed: number; failed: number } {
  mkdirSync('tests/.artifacts', { recursive: true });
  const file = join('tests', '.artifacts', `report-${projects.join('-')}.json`);
  rmSync(file, { force: true });
  const ok = run(
    bin('vitest'),
    [
      'run',
      ...projects.flatMap((name) => ['--project', name]),
      `--maxWorkers=${workers}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    env,
  );
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const report = Report.parse(JSON.parse(readFileSync(file, 'utf8')));
  const failed = report.numFailedTests || (ok ? 0 : Math.max(1, report.numFailedTestSuites));
  return { passed: report.numPassedTests, failed };
}

await main(async () => {
  const fast = process.argv.includes('--fast');
  let passed = 0;
  let failed = 0;
  const count = (name: string, ok: boolean) => {
    console.log(`${name}: ${ok ? 'passed' : 'FAILED'}`);
    if (ok) passed++;
    else failed++;
  };
  console.log('Lint and format …');
  count('lint', run(bin('biome'), ['check', '--error-on-warnings', '.']));
  console.log('Types …');
  count('types', run(bin('tsc'), ['--noEmit', '-p', 'tsconfig.types.json']));

  const env = { ...process.env, NODE_ENV: 'test' as const };
  console.log('Unit and integration tests …');
  const unit = runVitest(['unit'], env);
  passed += unit.passed;
  failed += unit.failed;
  if (!fast) {
    const chromium = findChromium();
    buildIfNeeded();
    // A page waits more than it computes: three files at a time keep two cores busy.
    for (const [project, what, workers] of [
      ['portal', 'Pages, roles and browser journeys …', 3],
      ['system', 'Conformance and faults …', 1],
    ] as const) {
      console.log(what);
      const { passed: more, failed: wrong } = runVitest(
        [project],
        { ...env, CHROMIUM_PATH: chromium },
        workers,
      );
      passed += more;
      failed += wrong;
    }
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
});
