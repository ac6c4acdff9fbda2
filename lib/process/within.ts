type Failure = new (message: string, options?: ErrorOptions) => Error;

/**
 * Waits for `work`, but at most `timeoutMs`. A timeout or an error of another kind becomes a `Failed` with its cause.
 */
export async function within<T>(
  timeoutMs: number,
  work: Promise<T>,
  Failed: Failure,
  message: string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failed(`no response within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    throw cause instanceof Failed ? cause : new Failed(message, { cause });
  } finally {
    clearTimeout(timer);
    work.catch(() => {}); // Reported as a timeout. Nothing waits for it anymore.
  }
}
