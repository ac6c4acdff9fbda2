import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { log } from '#lib/process/log.ts';

// A stray line on the console or in the log is a defect. A test that expects one replaces the method with its own spy:
// `const logged = vi.spyOn(log, 'error').mockImplementation(() => {})`.
let stray: unknown[][] = [];

beforeEach(() => {
  stray = [];
  const collect = (...args: unknown[]) => void stray.push(args);
  for (const level of ['error', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation(collect);
    vi.spyOn(log, level).mockImplementation(collect);
  }
  vi.spyOn(log, 'fatal').mockImplementation(collect);
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(stray, `stray console output or log lines: ${inspect(stray, { depth: 4 })}`).toEqual([]);
});
