import cluster, { type Worker } from 'node:cluster';
import { log } from './log.ts';
import { restartBackoff, setWorkerRestarts } from './restarts.ts';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs workers of this program until a signal arrives. A worker that crashes is restarted after growing waits, and every
 * worker receives the number of restarts.
 */
export function superviseWorkers(count: number): void {
  let stopping = false;
  let restarts = 0;

  function start(backoff: ReturnType<typeof restartBackoff>): void {
    const startedAt = Date.now();
    const worker = cluster.fork();
    worker.on('online', () => send(worker, restarts));
    worker.once('exit', (code, signal) => {
      if (stopping) {
        if (Object.keys(cluster.workers ?? {}).length === 0) process.exit(0);
        return;
      }
      const delayMs = backoff.delayMs(startedAt);
      restarts++;
      log.error(
        { worker: worker.process.pid, code, signal, restarts, delayMs },
        'A gateway worker crashed and will be restarted',
      );
      for (const other of Object.values(cluster.workers ?? {})) if (other) send(other, restarts);
      setTimeout(() => !stopping && start(backoff), delayMs);
    });
  }

  for (let i = 0; i < count; i++) start(restartBackoff());
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      stopping = true;
      const running = Object.values(cluster.workers ?? {});
      if (running.length === 0) process.exit(0);
      for (const worker of running) worker?.kill('SIGTERM');
    });
  }
}

/** A worker that is about to end can't be reached and needs no count. */
function send(worker: Worker, workerRestarts: number): void {
  if (worker.isConnected()) worker.send({ workerRestarts }, () => {});
}

/** Receives the number of restarts in a worker. */
export function followRestarts(): void {
  process.on('message', (message: unknown) => {
    if (typeof message === 'object' && message !== null && 'workerRestarts' in message)
      setWorkerRestarts(Number(message.workerRestarts));
  });
}
