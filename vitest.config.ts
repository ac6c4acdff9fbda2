import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes begin first: else one of them is left alone at the end. */
const LONG = [
  ...['every-page', 'role-matrix', 'hostile-arguments', 'mail-worker-killed'],
  ...['gateway/lease', 'start-jobs', 'supervise'],
];

const UNIT = [
  'lib/**/*.test.{ts,tsx}',
  'db/**/*.test.ts',
  'app/**/*.test.{ts,tsx}',
  'emails/**/*.test.tsx',
  'scripts/**/*.test.ts',
];

/** Tests that put another module or environment in place, which is loaded or read once: each has a process of its own. */
const isAlone = (file: string) =>
  /\bvi\.(mock|doMock|stubEnv|resetModules)\(|\bprocess\.env\.\w+ = /.test(readFileSync(file, 'utf8'));
const ALONE = globSync(UNIT).filter(isAlone);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((name) => moduleId.includes(name));
      return place < 0 ? LONG.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    // An odd time zone (+12:45) in every run: a date that only works in UTC fails.
    env: { TZ: 'Pacific/Chatham', NODE_ENV: 'test' },
    globalSetup: ['tests/support/global-setup.ts'],
    setupFiles: ['tests/support/setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          // What a file loads stays for the next one: two hundred of them load the same.
          name: 'unit',
          isolate: false,
          include: UNIT,
          exclude: ALONE,
        },
      },
      { extends: true, test: { name: 'unit-alone', include: ALONE } },
      {
        // Pages and journeys: each file has portals and a database of its own, so some files run at a time.
        extends: true,
        test: {
          name: 'portal',
          include: ['tests/{portal,journeys}/**/*.test.ts', 'tests/faults/mail-worker-killed.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        // What measures itself against time or load has the machine to itself.
        extends: true,
        test: {
          name: 'system',
          include: ['tests/{conformance,faults}/**/*.test.ts'],
          exclude: ['tests/faults/mail-worker-killed.test.ts'], // Time means nothing to it: it runs beside the pages.
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
