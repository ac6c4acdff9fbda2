import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Connections, refuseSocket, trackConnections } from './connections.ts';
import type { Gateway } from './create-gateway.ts';
import { isHealthPath, type ReadHealth, serveHealth } from './health-pages.ts';
import { NodeOutlet, type NodeOutletOptions } from './node-outlet.ts';
import { openThrottledLog } from './throttled-log.ts';

export type NodeMountOptions = { readonly connectionsPerClient: number };

const HEADER_BYTES_MAX = 32 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 300_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const CHECK_TIMEOUTS_EVERY_MS = 2_000;
const CONNECTIONS_MAX = 20_000;
/** The minimum that is read of an upload after its response was sent, in bytes and time. */
const DISCARD_BYTES_MIN = 64 * 1024 * 1024;
const DISCARD_MS = 30_000;
const DISCARD_IDLE_MS = 5_000;

/** Serves the gateway on `node:http`, with its health pages below `/_/`. */
export function createNodeServer(
  gateway: Gateway,
  health: ReadHealth,
  { connectionsPerClient }: NodeMountOptions,
): { server: Server; connections: Connections } {
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_TIMEOUTS_EVERY_MS,
    requireHostHeader: true,
    noDelay: true,
    // Most requests have no body and need no stream for one. Nothing here listens on such a request.
    optimizeEmptyRequests: true,
  });
  server.maxConnections = CONNECTIONS_MAX;
  const connections = trackConnections(server, {
    perClientMax: connectionsPerClient,
    isTrustedProxy: gateway.isTrustedProxy,
    log: openThrottledLog(),
  });
  const discard = {
    bytesMax: Math.max(DISCARD_BYTES_MIN, 2 * gateway.options.bodyLimitBytes),
    totalMs: DISCARD_MS,
    idleMs: DISCARD_IDLE_MS,
  };
  const options: NodeOutletOptions = { connections, discard };
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const target = request.url ?? '';
    if (isHealthPath(target)) return serveHealth(target, gateway, health, connections.closing, response);
    serve(gateway, request, response, options);
  };
  server.on('request', onRequest);
  // The client is asked for its body only when it is about to be read.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    request.once('resume', () => {
      if (!response.headersSent) response.writeContinue();
    });
    onRequest(request, response);
  });
  server.on('clientError', onClientError);
  // CONNECT is not passed to the request handler.
  server.on('connect', (_request, socket: Socket) => refuseSocket(socket, '405 Method Not Allowed'));
  return { server, connections };
}

function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  const isIdle = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.bytesRead === 0;
  if (error.code === 'ECONNRESET' || isIdle) return void socket.destroy();
  refuseSocket(socket, STATUS_LINES[error.code ?? ''] ?? '400 Bad Request');
}

const STATUS_LINES: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function serve(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
  options: NodeOutletOptions,
): void {
  const { socket } = request;
  if (socket.writableEnded) return; // Pipelined behind a message that violated the framing.
  const isChunked = request.headers['transfer-encoding'] !== undefined;
  // HTTP/1.0 has no chunks: another parser on the way may read this differently (RFC 9112 section 6.1).
  if (request.httpVersionMinor === 0 && isChunked) return refuseSocket(socket, '400 Bad Request');
  const hasBody = isChunked || Number(request.headers['content-length'] ?? 0) > 0;
  const outlet = new NodeOutlet(response, request, hasBody, options);
  const inbound = {
    method: request.method ?? '',
    target: request.url ?? '',
    rawHeaders: request.rawHeaders,
    remoteAddress: socket.remoteAddress ?? null,
  };
  outlet.take(gateway.handle(inbound, hasBody ? request : null, outlet));
}
