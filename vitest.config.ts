import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // An odd time zone (+12:45) in every run: a date that only works in UTC fails.
    env: { TZ: 'Pacific/Chatham', NODE_ENV: 'test' },
    globalSetup: ['tests/support/global-setup.ts'],
    setupFiles: ['tests/support/setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'lib/**/*.test.{ts,tsx}',
            'db/**/*.test.ts',
            'app/**/*.test.{ts,tsx}',
            'emails/**/*.test.tsx',
            'scripts/**/*.test.ts',
          ],
        },
      },
      {
        // Pages and journeys: each file has portals and a database of its own, so two files run at a time.
        extends: true,
        test: {
          name: 'portal',
          include: ['tests/{portal,journeys}/**/*.test.ts'],
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
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
