import { afterEach, beforeEach, expect, vi } from 'vitest';

// A stray console.error or console.warn is a defect: a test that expects one says so with its own spy.
let stray: unknown[][] = [];

beforeEach(() => {
  stray = [];
  for (const level of ['error', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation((...args) => void stray.push(args));
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(stray, 'stray console output').toEqual([]);
});
