import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { BODY_MAX_BYTES as SCAN_BODY_BYTES } from '#lib/exposures/receive-scan.ts';
import { withActionCall } from '#lib/process/action-call.ts';
import { discardBody } from './discard-body.ts';
import { isHost, readHeaders } from './inbound.ts';
import { portalHeaders } from './portal-headers.ts';
import { showsKey } from './present.ts';

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

const MALFORMED: Refusal = { status: 400, text: 'This request is malformed.' };
const METHODS = new Set(['GET', 'HEAD', 'POST']);
const BAD_METHOD: Refusal = {
  status: 405,
  text: 'This method is not allowed.',
  headers: { Allow: [...METHODS].join(', ') },
};

export type EdgeOptions = { portalUrl: string; development?: boolean };

/** Bytes of bodies in transit, for one kind of path. */
type Budget = { used: number; readonly max: number };

export function createPortalEdge({ portalUrl }: EdgeOptions) {
  const pages: Budget = { used: 0, max: TOTAL_PAGE_BYTES };
  const mount: Budget = { used: 0, max: TOTAL_GATEWAY_BYTES };
  const https = portalUrl.startsWith('https:');

  const securityHeaders: [string, string][] = portalHeaders('', { development: false, https }).map(
    ([name, value]) => [name, name === 'Content-Security-Policy' ? STATIC_POLICY : value],
  );
  const refuse = (request: IncomingMessage, response: ServerResponse, refusal: Refusal): false => {
    for (const [name, value] of securityHeaders) response.setHeader(name, value);
    return sendRefusal(request, response, refusal);
  };

  /** Returns whether Next can handle the request. If not, the response has been sent. */
  return function admit(request: IncomingMessage, response: ServerResponse): boolean {
    request.url = originForm(request.url ?? '');
    const path = request.url;
    if (!path.startsWith('/') || !isHost(request.headers.host ?? ''))
      return refuse(request, response, MALFORMED);
    if (STATIC.test(path)) {
      for (const [name, value] of securityHeaders) response.setHeader(name, value);
      if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(request, response, READ_ONLY);
    }
    const isMount = path.startsWith('/gateway/');
    const refusal = methodRefusal(request, isMount) ?? (isMount ? null : pageRefusal(request, path, pages));
    if (refusal) return refuse(request, response, refusal);
    if (isMount) return admitToMount(request, response, mount) || refuse(request, response, BUSY);
    reserve(response, pages, lengthOf(request));
    return true;
  };
}

/** Proxies send `GET http://portal.example.com/path`, which Next would redirect to (RFC 9112 section 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith('/') || !/^https?:\/\//i.test(target)) return target;
  const rest = target.slice(target.indexOf('//') + 2);
  const at = rest.search(/[/?]/);
  if (at === -1) return '/';
  return rest[at] === '?' ? `/${rest.slice(at)}` : rest.slice(at);
}

/** The gateway decides about methods itself. Next can't represent TRACE. */
function methodRefusal({ method = '' }: IncomingMessage, isMount: boolean): Refusal | null {
  return (isMount ? method === 'TRACE' : !METHODS.has(method)) ? BAD_METHOD : null;
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

/**
 * The gateway's mount takes large bodies, but only from clients that show a well-formed key or ticket. Returns false if
 * too many are on their way.
 */
function admitToMount(request: IncomingMessage, response: ServerResponse, budget: Budget): boolean {
  const isChunked = request.headers['transfer-encoding'] !== undefined;
  const length = lengthOf(request);
  if (!isChunked && length === 0) return true;
  const headers = readHeaders(request.rawHeaders);
  if (headers.ticket === undefined && !showsKey(headers)) return withoutBody(request);
  if (budget.used + length > budget.max) return false;
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
function sendRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal): false {
  const body = `${refusal.text}\n`;
  response.writeHead(refusal.status, {
    // Exactly this type: Next hands the text of such an error to the form that sent the action.
    'Content-Type': 'text/plain',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
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
  const known = new WeakSet<Server>();
  const { emit } = Server.prototype;
  Server.prototype.emit = function guarded(
    this: Server,
    event: string | symbol,
    ...rest: unknown[]
  ): boolean {
    const pass = (): boolean => Reflect.apply(emit, this, [event, ...rest]);
    if (event === 'connection' && !known.has(this)) {
      known.add(this);
      withoutTunnels(this, options.development ?? false);
    }
    if (event !== 'request') return pass();
    const [request, response] = rest as [IncomingMessage, ServerResponse]; // As node:http documents it.
    if (!admit(request, response)) return true;
    return callsAction(request) ? withActionStatus(response, pass) : pass();
  };
}

/** Without a listener Node closes a CONNECT silently. Next's closes any upgrade, though `h2c` is only an offer. */
function withoutTunnels(server: Server, development: boolean): void {
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => {}); // The client may be gone, and nothing else is to be done for it.
    const headers = `Allow: ${[...METHODS].join(', ')}\r\nContent-Length: 0\r\nConnection: close`;
    socket.end(`HTTP/1.1 405 Method Not Allowed\r\n${headers}\r\n\r\n`);
  });
  if (!development) server.removeAllListeners('upgrade');
}

const callsAction = ({ method, headers }: IncomingMessage): boolean =>
  method === 'POST' &&
  (headers['next-action'] !== undefined || (headers['content-type'] ?? '').startsWith('multipart/form-data'));

/** Makes the response 400 when Next failed before it reached the server action: it couldn't decode the arguments. */
function withActionStatus(response: ServerResponse, pass: () => boolean): boolean {
  return withActionCall((isReached) => {
    const writeHead = response.writeHead.bind(response) as (...rest: unknown[]) => ServerResponse; // It has overloads.
    response.writeHead = (status: number, ...rest: unknown[]) => {
      const isMalformed = status === 500 && !isReached();
      if (isMalformed) response.statusMessage = 'Bad Request';
      return writeHead(isMalformed ? 400 : status, ...rest);
    };
    return pass();
  });
}
