import { expect } from 'vitest';

const SHARE = 8;
/** Linear work takes 8 times as long for 8 times the length, quadratic work 64 times. */
const RATIO_MAX = 24;
/** What a busy machine can add to either measurement, in ms. */
const SLACK_MS = 200;

/** Expects work on an input to take time in proportion to its length. `run` gets the length. */
export function expectLinearTime(run: (length: number) => unknown, length: number): void {
  const tookMs = (of: number) => {
    const start = performance.now();
    run(of);
    return performance.now() - start;
  };
  run(length / SHARE); // Compiles it.
  const short = tookMs(length / SHARE);
  expect(tookMs(length)).toBeLessThan(RATIO_MAX * short + SLACK_MS);
}
