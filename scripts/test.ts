import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { buildIfNeeded } from './build.ts';
import { main } from './supervise.ts';

/** Everything that must pass: lint, types, unit, integration, conformance, fault and browser tests. */

const CHROMIUM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});
/** Lines of a failure's message that are repeated at the end. */
const MESSAGE_LINES = 20;

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

interface Outcome {
  passed: number;
  failed: number;
  /** What failed and why, repeated at the end, where readers of a long log look first. */
  failures: string[];
}

const failed = (why: string): Outcome => ({ passed: 0, failed: 1, failures: [`✗ ${why}`] });

/** A message without the test runner's own stack frames. */
const ownLines = (message: string) =>
  message.split('\n').filter((line) => !line.includes('/node_modules/vitest/'));

/** The failed tests of a file, or the file if it couldn't be loaded. */
function failuresOf(file: z.infer<typeof Report>['testResults'][number]): string[] {
  const say = (name: string, message: string) =>
    [`✗ ${relative('.', file.name)} > ${name}`, ...ownLines(message).slice(0, MESSAGE_LINES)].join('\n    ');
  const tests = file.assertionResults.filter((test) => test.status === 'failed');
  if (tests.length > 0)
    return tests.map((test) => say(test.fullName, test.failureMessages?.join('\n') ?? ''));
  return file.status === 'failed' ? [say('(the file)', file.message)] : [];
}

/** Runs the vitest projects with that name. Returns what passed and failed. A suite that can't be loaded is a failure. */
function runVitest(project: string, env: NodeJS.ProcessEnv, workers: number): Outcome {
  mkdirSync('tests/.artifacts', { recursive: true });
  const report = join('tests', '.artifacts', `report-${project}.json`);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const ok = run(
    bin('vitest'),
    ['run', `--project=${project}*`, `--maxWorkers=${workers}`, ...reporters],
    env,
  );
  if (!existsSync(report)) return failed(`${project}: the run ended without a report`);
  const files = Report.parse(JSON.parse(readFileSync(report, 'utf8'))).testResults;
  const failures = files.flatMap(failuresOf);
  if (failures.length === 0 && !ok) failures.push(`✗ ${project}: an error outside of the tests`);
  const tests = files.flatMap((file) => file.assertionResults);
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: failures.length,
    failures,
  };
}

await main(async () => {
  const fast = process.argv.includes('--fast');
  const outcomes: Outcome[] = [];
  const check = (name: string, ok: boolean) => {
    console.log(`${name}: ${ok ? 'passed' : 'FAILED'}`);
    outcomes.push(ok ? { passed: 1, failed: 0, failures: [] } : failed(name));
  };
  console.log('Lint and format …');
  check('lint', run(bin('biome'), ['check', '--error-on-warnings', '.']));
  console.log('Types …');
  check('types', run(bin('tsc'), ['--noEmit', '-p', 'tsconfig.types.json']));

  const env = { ...process.env, NODE_ENV: 'test' as const };
  console.log('Unit and integration tests …');
  outcomes.push(runVitest('unit', env, 3));
  if (!fast) {
    const chromium = findChromium();
    buildIfNeeded();
    // Pages wait more than they compute: three concurrent files keep two cores busy.
    for (const [project, what, workers] of [
      ['portal', 'Pages, roles and browser journeys …', 3],
      ['system', 'Conformance and faults …', 1],
    ] as const) {
      console.log(what);
      outcomes.push(runVitest(project, { ...env, CHROMIUM_PATH: chromium }, workers));
    }
  }
  for (const failure of outcomes.flatMap((outcome) => outcome.failures)) console.log(`\n${failure}`);
  const sum = (field: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[field], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  process.exit(sum('failed') > 0 || sum('passed') === 0 ? 1 : 0);
});
