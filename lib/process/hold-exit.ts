/** Delays `process.exit` until `work` has settled, for at most `maxMs`. For hosts that end the process on their own. */
export function holdExit(work: Promise<unknown>, maxMs: number): void {
  const exit = process.exit;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, maxMs);
  });
  const settled = Promise.race([Promise.allSettled([work]), late]).finally(() => clearTimeout(timer));
  // `never` is true: code after the call doesn't matter, because the process ends soon.
  process.exit = ((code?: number | string | null) => void settled.then(() => exit(code))) as typeof exit;
}
