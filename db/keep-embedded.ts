import { explainError } from '#lib/process/describe-error.ts';
import { log } from '#lib/process/log.ts';
import { type Embedded, startEmbedded } from './embedded.ts';

const ATTEMPTS_MAX = 5;
const DELAY_MS = 500;
/** After this long without a crash the attempts start over. */
const STEADY_MS = 60_000;

export type KeptEmbedded = {
  url: string;
  /** Resolves if the database can't be restarted. */
  lost: Promise<Error>;
  stop: () => Promise<void>;
};

/**
 * Runs the embedded database and restarts it if it dies, on the same port, because other processes know its URL. It has its
 * own process group, so the caller must handle SIGINT.
 */
export async function keepEmbedded(dataDir: string): Promise<KeptEmbedded> {
  let current = await startEmbedded(dataDir, [], { ownGroup: true });
  let restart: Promise<void> = Promise.resolve();
  let attempts = 0;
  let stopping = false;
  let giveUp: (error: Error) => void;
  const lost = new Promise<Error>((resolve) => {
    giveUp = resolve;
  });
  const { url, port } = current;

  function watch(embedded: Embedded): void {
    const startedAt = Date.now();
    embedded.process.once('exit', (code, signal) => {
      if (stopping) return;
      if (Date.now() - startedAt > STEADY_MS) attempts = 0;
      log.error({ code, signal }, 'The embedded PostgreSQL stopped and will be restarted');
      restart = again();
    });
  }

  async function again(): Promise<void> {
    for (let last: unknown; ; ) {
      if (stopping) return;
      if (++attempts > ATTEMPTS_MAX)
        return giveUp(new Error(`The embedded PostgreSQL failed ${ATTEMPTS_MAX} times.`, { cause: last }));
      await new Promise((resolve) => setTimeout(resolve, DELAY_MS * 2 ** (attempts - 1)));
      if (stopping) return;
      try {
        current = await startEmbedded(dataDir, [], { ownGroup: true, port });
        return watch(current);
      } catch (error) {
        last = error;
        log.error(
          { err: error, attempts },
          `The embedded PostgreSQL could not be restarted: ${explainError(error)}`,
        );
      }
    }
  }

  watch(current);
  return {
    url,
    lost,
    async stop() {
      stopping = true;
      await restart;
      await current.stop();
    },
  };
}
