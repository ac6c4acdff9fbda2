import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { BODY_MAX_BYTES as SCAN_BODY_BYTES } from '#lib/exposures/receive-scan.ts';
import { discardBody } from './discard-body.ts';
import { readHeaders } from './inbound.ts';
import { portalHeaders } from './portal-headers.ts';
import { present } from './present.ts';

/**
 * Checks requests to the portal before Next sees them. Next buffers a whole request body, up to 65 MB, before the
 * middleware can reject it, so bodies are bounded here: by path, by whether the client shows a credential, and in total.
 */

const KIB = 1_024;
/** Sign-in, sign-up and other forms of visitors. */
const VISITOR_BODY_BYTES = 64 * KIB;
/** Forms of signed-in users. next.config.mjs allows the same size for server actions. */
const SESSION_BODY_BYTES = 4 * KIB * KIB + VISITOR_BODY_BYTES;
/** Bodies that Next can hold at once, for pages and for the gateway's mount. Beyond that, requests get 503. */
const TOTAL_PAGE_BYTES = 64 * KIB * KIB;
const TOTAL_GATEWAY_BYTES = 256 * KIB * KIB;
/** A rejected client gets this long to finish sending, so that it reads the response. */
const DISCARD = { bytesMax: 80_000_000, totalMs: 30_000, idleMs: 5_000 };

/** Files that the middleware doesn't see. They take no bodies, and their headers are set here. */
const STATIC = /^\/(?:_next\/(?:static\/|image(?:$|[/?]))|(?:icon\.svg|favicon\.ico)(?:$|\?))/;
const STATIC_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const SESSION_COOKIE = /(?:^|;\s?)(?:__Secure-)?next-auth\.session-token(?:\.\d{1,2})?=/;

type Refusal = { status: number; text: string; headers?: Record<string, string> };

const TOO_LARGE: Refusal = { status: 413, text: 'The request body is too large.' };
const NEEDS_LENGTH: Refusal = { status: 411, text: 'Send the Content-Length of the request body.' };
const BUSY: Refusal = {
  status: 503,
  text: "We're busy right now. Try again in a few seconds.",
  headers: { 'Retry-After': '5' },
};
const READ_ONLY: Refusal = {
  status: 405,
  text: 'Only GET and HEAD are allowed.',
  headers: { Allow: 'GET, HEAD' },
};

export type EdgeOptions = { portalUrl: string };

/** Bytes of bodies in transit, for one kind of path. */
type Budget = { used: number; readonly max: number };

export function createPortalEdge({ portalUrl }: EdgeOptions) {
  const pages: Budget = { used: 0, max: TOTAL_PAGE_BYTES };
  const mount: Budget = { used: 0, max: TOTAL_GATEWAY_BYTES };
  const https = portalUrl.startsWith('https:');

  /** Returns whether Next can handle the request. If not, the response has been sent. */
  return function admit(request: IncomingMessage, response: ServerResponse): boolean {
    const path = request.url ?? '';
    if (STATIC.test(path)) {
      for (const [name, value] of portalHeaders('', { development: false, https }))
        response.setHeader(name, name === 'Content-Security-Policy' ? STATIC_POLICY : value);
      if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(request, response, READ_ONLY);
    }
    if (path.startsWith('/gateway/')) return admitToMount(request, response, mount);
    const refusal = pageRefusal(request, path, pages);
    if (refusal) return refuse(request, response, refusal);
    reserve(response, pages, lengthOf(request));
    return true;
  };
}

function pageRefusal(request: IncomingMessage, path: string, budget: Budget): Refusal | null {
  if (request.headers['transfer-encoding'] !== undefined) return NEEDS_LENGTH;
  const length = lengthOf(request);
  if (length === 0) return null;
  if (length > pageLimit(request, path)) return TOO_LARGE;
  return budget.used + length > budget.max ? BUSY : null;
}

function pageLimit({ method, headers }: IncomingMessage, path: string): number {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return 0;
  if (path === '/api/secret-scanning') return SCAN_BODY_BYTES;
  return SESSION_COOKIE.test(headers.cookie ?? '') ? SESSION_BODY_BYTES : VISITOR_BODY_BYTES;
}

/** The gateway's mount takes large bodies, but only from clients that show a well-formed key or ticket. */
function admitToMount(request: IncomingMessage, response: ServerResponse, budget: Budget): boolean {
  const isChunked = request.headers['transfer-encoding'] !== undefined;
  const length = lengthOf(request);
  if (!isChunked && length === 0) return true;
  const headers = readHeaders(request.rawHeaders);
  if (headers.ticket === undefined && typeof present(headers) === 'string') return withoutBody(request);
  if (budget.used + length > budget.max) return refuse(request, response, BUSY);
  const reserved = reserve(response, budget, length);
  if (isChunked) countChunks(request, reserved);
  return true;
}

const lengthOf = ({ headers }: IncomingMessage): number => Number(headers['content-length'] ?? 0);

/** Takes bytes from the budget until the response is closed. */
function reserve(response: ServerResponse, budget: Budget, bytes: number): (more: number) => boolean {
  let held = 0;
  const take = (more: number) => {
    held += more;
    budget.used += more;
    return budget.used <= budget.max;
  };
  take(bytes);
  response.once('close', () => {
    budget.used -= held;
    held = 0;
  });
  return take;
}

function countChunks(request: IncomingMessage, take: (more: number) => boolean): void {
  const push = request.push.bind(request);
  request.push = (chunk: Buffer | null) => {
    if (chunk !== null && !take(chunk.length)) {
      request.destroy(new Error('too many request bodies at once'));
      return false;
    }
    return push(chunk);
  };
}

/** Drops the body as it arrives, so that it isn't buffered. The gateway rejects the request for its missing key. */
function withoutBody(request: IncomingMessage): boolean {
  const push = request.push.bind(request);
  request.push = (chunk: Buffer | null) => (chunk === null ? push(null) : true);
  return true;
}

/** Sends the response immediately and discards the body, because a client only reads it after sending. */
function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): false {
  const body = `${refusal.text}\n`;
  response.writeHead(refusal.status, {
    // Exactly this type: Next hands the text of such an error to the form that sent the action.
    'Content-Type': 'text/plain',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
    ...refusal.headers,
  });
  if (request.method === 'HEAD') response.flushHeaders();
  else response.write(body);
  discardBody(request, DISCARD, () => response.end());
  return false;
}

/** Puts the checks in front of every HTTP server of this process. Next gives no access to its own. */
export function guardServers(options: EdgeOptions): void {
  const admit = createPortalEdge(options);
  const { emit } = Server.prototype;
  Server.prototype.emit = function guarded(
    this: Server,
    event: string | symbol,
    ...rest: unknown[]
  ): boolean {
    if (event === 'request') {
      const [request, response] = rest as [IncomingMessage, ServerResponse]; // As node:http documents it.
      if (!admit(request, response)) return true;
    }
    return Reflect.apply(emit, this, [event, ...rest]);
  };
}
