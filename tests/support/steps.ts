import { test } from 'vitest';

/** Tests that build on each other. Once one has failed, the rest are skipped. */
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
