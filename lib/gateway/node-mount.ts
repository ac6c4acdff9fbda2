import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Call, Outlet } from './call.ts';
import type { Gateway } from './handle.ts';

export type Health = () => { ready: boolean; detail: Record<string, unknown> };

const SMALL_BYTES = 8 * 1024;
const HEADER_BYTES_MAX = 32 * 1024;

/** Calls under way on each connection: several, where the client sends on without waiting for answers. */
const underWay = new WeakMap<Socket, Set<Call>>();

/** Tells calls when their client has gone; one listener a connection, as most of them see many calls. */
function watch(socket: Socket): void {
  const calls = new Set<Call>();
  underWay.set(socket, calls);
  socket.once('close', () => {
    for (const call of calls) call.clientGone();
  });
}

/** Writes a call's answer to node's response. */
class NodeOutlet implements Outlet {
  readonly #response: ServerResponse;
  readonly #calls: Set<Call> | undefined;
  #call: Call | undefined;

  constructor(response: ServerResponse, socket: Socket) {
    this.#response = response;
    this.#calls = underWay.get(socket);
  }

  /** The call that answers here. It may have done so already. */
  take(call: Call): void {
    this.#call = call;
    if (!this.#response.writableEnded) this.#calls?.add(call);
  }

  start(status: number, headers: string[]): void {
    this.#response.writeHead(status, headers);
  }

  write(chunk: Buffer): boolean {
    if (this.#response.write(chunk)) return true;
    this.#response.once('drain', () => this.#call?.drained());
    return false;
  }

  end(chunk?: Buffer): void {
    if (this.#call) this.#calls?.delete(this.#call);
    // As text of the same encoding a small body joins its headers in one write to the socket.
    if (chunk && chunk.length <= SMALL_BYTES) this.#response.end(chunk.toString('latin1'), 'latin1');
    else if (chunk) this.#response.end(chunk);
    else this.#response.end();
  }

  destroy(): void {
    this.#response.destroy();
  }
}

/** Serves the gateway on `node:http`, with its health pages below `/_/`. */
export function createNodeServer(gateway: Gateway, health: Health): Server {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      // Slow senders are cut off: 10 s for the headers, an idle connection after 65 s.
      headersTimeout: 10_000,
      requestTimeout: 300_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 2_000,
      requireHostHeader: true,
      noDelay: true,
      // Most calls have no body: they are spared the stream for one. Nothing here listens on such a request.
      optimizeEmptyRequests: true,
    },
    (request, response) => {
      const target = request.url ?? '';
      if (target.startsWith('/_/')) return serveHealth(target, gateway, health, response);
      serve(gateway, request, response);
    },
  );
  server.maxConnections = 20_000;
  server.on('connection', watch);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const status =
      error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  });
  // CONNECT never reaches the request handler; it is no method of ours.
  server.on('connect', (_request, socket) => {
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  return server;
}

const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

function serve(gateway: Gateway, request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  if (socket.writableEnded) return; // Pipelined behind a message that broke the framing.
  // Chunks do not exist in HTTP/1.0: another parser on the way may read this differently (RFC 9112 section 6.1).
  if (request.httpVersionMinor === 0 && request.headers['transfer-encoding'] !== undefined)
    return void socket.end(BAD_REQUEST);
  const outlet = new NodeOutlet(response, socket);
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  const inbound = {
    method: request.method ?? '',
    target: request.url ?? '',
    rawHeaders: request.rawHeaders,
    remoteAddress: request.socket.remoteAddress ?? null,
  };
  outlet.take(gateway.handle(inbound, hasBody ? request : null, outlet));
}

function serveHealth(target: string, gateway: Gateway, health: Health, response: ServerResponse): void {
  const answer = (status: number, type: string, body: string) => {
    response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
  };
  if (target === '/_/healthz') return answer(200, 'text/plain', 'ok\n');
  if (target === '/_/readyz') {
    const { ready, detail } = health();
    return answer(ready ? 200 : 503, 'application/json', `${JSON.stringify({ ready, ...detail })}\n`);
  }
  if (target === '/_/metrics') return answer(200, 'text/plain; version=0.0.4', metricsText(gateway));
  answer(404, 'text/plain', 'not found\n');
}

/** Prometheus text exposition format 0.0.4. */
function metricsText(gateway: Gateway): string {
  const { calls, refusals } = gateway.metrics();
  return [
    '# TYPE latchkey_calls_total counter',
    `latchkey_calls_total ${calls}`,
    '# TYPE latchkey_refusals_total counter',
    ...Object.entries(refusals).map(
      ([reason, count]) => `latchkey_refusals_total{reason="${reason}"} ${count}`,
    ),
    '# TYPE latchkey_resident_bytes gauge',
    `latchkey_resident_bytes ${process.memoryUsage.rss()}`,
    '',
  ].join('\n');
}
