import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes start first. Otherwise one of them would run alone at the end. */
const LONG = [
  ...['every-page', 'role-matrix', 'hostile-arguments', 'mail-worker-killed', 'danger-dialogs'],
  ...[
    'unreachable-forms',
    'key-chain',
    'quota/allowance',
    'gateway/lease',
    'start-jobs',
    'supervise',
    'plans.test',
  ],
];

const UNIT = [
  'lib/**/*.test.{ts,tsx}',
  'db/**/*.test.ts',
  'app/**/*.test.{ts,tsx}',
  'emails/**/*.test.tsx',
  'scripts/**/*.test.ts',
];

/** Conformance and fault tests that don't depend on time run beside the pages. */
const BESIDE_PAGES = [
  ...['browsers', 'early-responses', 'real-clients', 'smuggling', 'upstream-links'].map(
    (name) => `conformance/${name}`,
  ),
  ...['connection-pooler', 'disk-full', 'mail-worker-killed'].map((name) => `faults/${name}`),
].map((name) => `tests/${name}.test.ts`);

/** Tests that replace a module or the environment, which is loaded or read once, run in their own process. */
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
    // An unusual time zone (+12:45) in every run: a date that only works in UTC fails.
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
          // Loaded modules are kept for the next file: two hundred of them load the same ones.
          name: 'unit',
          isolate: false,
          include: UNIT,
          exclude: ALONE,
        },
      },
      { extends: true, test: { name: 'unit-alone', include: ALONE } },
      {
        // Pages and journeys: each file has its own portals and database, so some files run concurrently.
        extends: true,
        test: {
          name: 'portal',
          include: ['tests/{portal,journeys}/**/*.test.ts', ...BESIDE_PAGES],
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        // Builds the portal a second time, which takes minutes: `npm test` leaves it to the workflow.
        extends: true,
        test: { name: 'build', include: ['tests/build/**/*.test.ts'], hookTimeout: 900_000 },
      },
      {
        // Tests that measure time or load run alone.
        extends: true,
        test: {
          name: 'system',
          include: ['tests/{conformance,faults}/**/*.test.ts'],
          exclude: BESIDE_PAGES,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
