import { test } from 'vitest';

/** Tests that build on each other: once one has failed, the rest is skipped instead of failing for no reason of its own. */
export function steps(): (name: string, run: () => Promise<void>) => void {
  let broken = false;
  return (name, run) =>
    test(name, async (context) => {
      if (broken) return context.skip();
      broken = true;
      await run();
      broken = false;
    });
}
