import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connections } from './connections.ts';

/** If there is a wait, requests on keep-alive connections get this long to close them with `Connection: close`. */
const CLOSING_MS = 1_000;
const TOTAL_MS = 25_000;
const FINISH_MS_MIN = 3_000;
const CLOSE_IDLE_EVERY_MS = 100;
/** A proxy may be about to use a connection that was in use until just now. Its POST would be lost. */
const QUIET_MS = 500;

/**
 * Stops a server without losing requests. The caller reports itself as not ready first. Then: keep serving for `waitMs`, so
 * that proxies notice; close connections with their next response; stop listening; let requests in progress finish.
 */
export async function drainServer(server: Server, connections: Connections, waitMs: number): Promise<void> {
  const closingMs = Math.min(CLOSING_MS, waitMs);
  await sleep(waitMs);
  connections.closing = true;
  await sleep(closingMs);
  const closed = new Promise<void>((resolve) => stopListening(server, resolve));
  const closeQuiet = quietCloser(connections, Math.min(QUIET_MS, waitMs));
  closeQuiet();
  const timer = setInterval(closeQuiet, CLOSE_IDLE_EVERY_MS);
  const finishMs = Math.max(FINISH_MS_MIN, TOTAL_MS - waitMs - closingMs);
  await Promise.race([closed, sleep(finishMs, undefined, { ref: false })]);
  clearInterval(timer);
  server.closeAllConnections();
}

/**
 * Stops listening and leaves connections open, unlike `http.Server.close`, which closes the idle ones at once. The kernel
 * resets connections that wait to be accepted, so this runs just after the event loop has accepted them all.
 */
function stopListening(server: Server, done: () => void): void {
  setImmediate(() => NetServer.prototype.close.call(server, () => done()));
}

/** Closes connections that have been idle for `quietMs`, each time it is called. */
function quietCloser(connections: Connections, quietMs: number): () => void {
  const seen = new WeakMap<Socket, { bytesRead: number; sinceMs: number }>();
  return () => {
    const now = performance.now();
    for (const socket of connections.idle()) {
      const before = seen.get(socket);
      const isQuiet = before?.bytesRead === socket.bytesRead;
      if (!isQuiet) seen.set(socket, { bytesRead: socket.bytesRead, sinceMs: now });
      if (now - (isQuiet ? before.sinceMs : now) >= quietMs) socket.destroy();
    }
  };
}
