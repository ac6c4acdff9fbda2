import { Socket } from 'node:net';
import { log } from '#lib/process/log.ts';
import { slot } from '#lib/process/slot.ts';

const CHECK_MS = 250;

type Watched = {
  socket: Socket;
  silenceMs: number;
  /** When the first bytes without a response were sent. Null if no response is awaited. */
  waitingSince: number | null;
  /** Traffic up to the last check. */
  read: number;
  written: number;
  onData: () => void;
};

/** All pools of a process share one watch. */
const watch = () =>
  slot('sockets', () => ({ entries: new Set<Watched>(), timer: undefined as NodeJS.Timeout | undefined }));

type Target = { host: string[]; port: number[]; path?: string | undefined };

/**
 * Opens the sockets of a pool. A connection that gets no response for `silenceMs` is closed, and the queries on it fail:
 * a database that hangs, or a network that drops packets, never fails by itself.
 */
export function openSocket(silenceMs: number): (target: Target) => Socket {
  return (target) => {
    const host = target.host[0]!;
    const socket = new Socket();
    // `connect` resets `write`, so wrap it afterwards.
    if (target.path) socket.connect(target.path);
    else socket.connect(target.port[0]!, host);
    add(socket, silenceMs);
    // The driver reads the server's name for TLS and for error messages from here.
    return Object.assign(socket, { host, port: target.port[0] });
  };
}

/** Closes all connections of this process to the database, because it hangs. */
export function dropConnections(reason: string): void {
  for (const { socket } of watch().entries) socket.destroy(new ConnectionLost(reason));
}

class ConnectionLost extends Error {
  override name = 'ConnectionLost';
  readonly code = 'CONNECTION_LOST';
}

function add(socket: Socket, silenceMs: number): void {
  const entry: Watched = { socket, silenceMs, waitingSince: null, read: 0, written: 0, onData: () => {} };
  entry.onData = () => {
    entry.waitingSince = null;
  };
  const write = socket.write;
  socket.write = function (this: Socket, ...args: unknown[]) {
    entry.waitingSince ??= performance.now();
    return Reflect.apply(write, this, args);
  };
  socket.on('data', entry.onData);
  const watching = watch();
  watching.entries.add(entry);
  watching.timer ??= setInterval(check, CHECK_MS).unref();
}

function check(): void {
  const now = performance.now();
  const watching = watch();
  for (const entry of watching.entries) {
    const { socket, silenceMs } = entry;
    if (socket.destroyed) {
      watching.entries.delete(entry);
      continue;
    }
    // Under TLS the driver removes the listeners and the socket emits nothing. Only its byte counts remain.
    if (!socket.listeners('data').includes(entry.onData)) compareCounts(entry, now);
    if (entry.waitingSince === null || now - entry.waitingSince < silenceMs) continue;
    log.error({ silenceMs }, 'The database did not respond in time. Closing the connection');
    socket.destroy(new ConnectionLost(`The database did not respond within ${silenceMs / 1_000} s`));
  }
  if (watching.entries.size > 0) return;
  clearInterval(watching.timer);
  watching.timer = undefined;
}

/** Traffic in both directions since the last check counts as a response. An idle connection must not be closed. */
function compareCounts(entry: Watched, now: number): void {
  const [read, written] = [entry.socket.bytesRead, entry.socket.bytesWritten];
  if (read !== entry.read) entry.waitingSince = null;
  else if (written !== entry.written) entry.waitingSince ??= now;
  [entry.read, entry.written] = [read, written];
}
