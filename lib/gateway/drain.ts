import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connections } from './connections.ts';

/** If there is a wait, requests on keep-alive connections get this long to close them with `Connection: close`. */
const CLOSING_MS = 1_000;
const TOTAL_MS = 25_000;
const FINISH_MS_MIN = 3_000;
const CLOSE_IDLE_EVERY_MS = 100;

/**
 * Stops a server without losing requests. The caller reports itself as not ready first. Then: keep serving for `waitMs`, so
 * that proxies notice; close connections with their next response; stop listening; let requests in progress finish.
 */
export async function drainServer(server: Server, connections: Connections, waitMs: number): Promise<void> {
  const closingMs = Math.min(CLOSING_MS, waitMs);
  await sleep(waitMs);
  connections.closing = true;
  await sleep(closingMs);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that was busy when the server closed stays open after its response unless it is closed here.
  const closeIdle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  const finishMs = Math.max(FINISH_MS_MIN, TOTAL_MS - waitMs - closingMs);
  await Promise.race([closed, sleep(finishMs, undefined, { ref: false })]);
  clearInterval(closeIdle);
  server.closeAllConnections();
}
