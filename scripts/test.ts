import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
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
/** Lines of a failure's message that are said again at the end. */
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
  /** What failed and why: said again at the end, where the reader of a long log looks first. */
  failures: string[];
}

/** The failed tests of a report, and the files that could not be loaded. */
function failuresOf(report: z.infer<typeof Report>): string[] {
  return report.testResults.flatMap((file) => {
    const say = (name: string, message: string) =>
      [`✗ ${relative('.', file.name)} > ${name}`, ...message.split('\n').slice(0, MESSAGE_LINES)].join(
        '\n    ',
      );
    const tests = file.assertionResults.filter((test) => test.status === 'failed');
    if (tests.length > 0)
      return tests.map((test) => say(test.fullName, test.failureMessages?.join('\n') ?? ''));
    return file.status === 'failed' ? [say('(the file)', file.message)] : [];
  });
}

/** Runs vitest projects; answers how many tests passed and failed. A suite that can't be loaded is a failure. */
function runVitest(projects: readonly string[], env: NodeJS.ProcessEnv, workers = 2): Outcome {
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
  if (!existsSync(file))
    return { passed: 0, failed: 1, failures: [`✗ ${projects.join(', ')}: the run ended without a report`] };
  const report = Report.parse(JSON.parse(readFileSync(file, 'utf8')));
  const failed = report.numFailedTests || (ok ? 0 : Math.max(1, report.numFailedTestSuites));
  const failures = failuresOf(report);
  if (failed > 0 && failures.length === 0)
    failures.push(`✗ ${projects.join(', ')}: an error outside of the tests`);
  return { passed: report.numPassedTests, failed, failures };
}

await main(async () => {
  const fast = process.argv.includes('--fast');
  const outcomes: Outcome[] = [];
  const check = (name: string, ok: boolean) => {
    console.log(`${name}: ${ok ? 'passed' : 'FAILED'}`);
    outcomes.push({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, failures: ok ? [] : [`✗ ${name}`] });
  };
  console.log('Lint and format …');
  check('lint', run(bin('biome'), ['check', '--error-on-warnings', '.']));
  console.log('Types …');
  check('types', run(bin('tsc'), ['--noEmit', '-p', 'tsconfig.types.json']));

  const env = { ...process.env, NODE_ENV: 'test' as const };
  console.log('Unit and integration tests …');
  outcomes.push(runVitest(['unit'], env));
  if (!fast) {
    const chromium = findChromium();
    buildIfNeeded();
    // A page waits more than it computes: three files at a time keep two cores busy.
    for (const [project, what, workers] of [
      ['portal', 'Pages, roles and browser journeys …', 3],
      ['system', 'Conformance and faults …', 1],
    ] as const) {
      console.log(what);
      outcomes.push(runVitest([project], { ...env, CHROMIUM_PATH: chromium }, workers));
    }
  }
  for (const failure of outcomes.flatMap((outcome) => outcome.failures)) console.log(`\n${failure}`);
  const sum = (field: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[field], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  process.exit(sum('failed') > 0 || sum('passed') === 0 ? 1 : 0);
});
