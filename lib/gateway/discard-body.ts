import type { Readable } from 'node:stream';

export type DiscardLimits = { readonly bytesMax: number; readonly totalMs: number; readonly idleMs: number };

/**
 * Reads and discards the rest of a request body, then calls `done` once. A connection that is closed with unread data is
 * reset, and most clients then lose the response. nginx calls this a lingering close.
 */
export function discardBody(body: Readable, limits: DiscardLimits, done: () => void): void {
  let bytes = 0;
  const finish = () => {
    clearTimeout(total);
    clearTimeout(idle);
    body.off('data', count).off('end', finish).off('close', finish).off('error', finish);
    done();
  };
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.bytesMax) finish();
    else idle.refresh();
  };
  const total = setTimeout(finish, limits.totalMs);
  const idle = setTimeout(finish, limits.idleMs);
  body.on('data', count).once('end', finish).once('close', finish).once('error', finish);
  body.resume();
}
