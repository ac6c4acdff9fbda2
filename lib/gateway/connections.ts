import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { normalizeAddress } from './client-address.ts';
import type { Exchange } from './outlet.ts';
import type { ThrottledLog } from './throttled-log.ts';

type Options = {
  /** Connections per client address; for IPv6 per /64, which is what one client usually gets. */
  readonly perClientMax: number;
  /** Trusted proxies carry the connections of many clients and aren't limited. */
  readonly isTrustedProxy: (address: string | null) => boolean;
  readonly log: ThrottledLog;
};

export type Connections = ReturnType<typeof trackConnections>;

/** Limits connections per client and tells exchanges when their client has gone. */
export function trackConnections(server: Server, { perClientMax, isTrustedProxy, log }: Options) {
  const perClient = new Map<string, number>();
  // One listener per connection: most connections carry many requests, and with pipelining several at a time.
  const exchanges = new Map<Socket, Set<Exchange>>();

  server.on('connection', (socket: Socket) => {
    const address = normalizeAddress(socket.remoteAddress ?? '');
    const client = isTrustedProxy(address) ? null : clientOf(address);
    if (client !== null) {
      const open = perClient.get(client) ?? 0;
      if (open >= perClientMax) {
        log.warn({ client, perClientMax }, 'Connection refused: too many connections from one address');
        return void socket.destroy();
      }
      perClient.set(client, open + 1);
    }
    const own = new Set<Exchange>();
    exchanges.set(socket, own);
    socket.once('close', () => {
      exchanges.delete(socket);
      for (const exchange of own) exchange.clientGone();
      if (client === null) return;
      const open = (perClient.get(client) ?? 1) - 1;
      if (open > 0) perClient.set(client, open);
      else perClient.delete(client);
    });
  });

  return {
    /** Responses close their connection from now on. */
    closing: false,
    exchangesOf: (socket: Socket) => exchanges.get(socket),
    /** Open connections without a request in progress. */
    idle: () => [...exchanges].filter(([, own]) => own.size === 0).map(([socket]) => socket),
  };
}

function clientOf(address: string | null): string {
  if (address === null || !address.includes(':')) return address ?? '';
  return ipaddr.IPv6.parse(address).parts.slice(0, 4).join(':');
}

const refused = new WeakSet<Socket>();
const LINGER_MS = 2_000;

/**
 * Responds on a connection whose requests can't be parsed, and closes it. The socket is destroyed after 2 s even if the client
 * keeps its side open.
 */
export function refuseSocket(socket: Socket, statusLine: string): void {
  if (refused.has(socket)) return;
  refused.add(socket);
  if (!socket.writable) return void socket.destroy();
  socket.end(`HTTP/1.1 ${statusLine}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
}
