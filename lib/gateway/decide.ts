import { LIMIT_REASONS, type Reason } from '#lib/refusals/reasons.ts';
import type { RefusalContext } from '#lib/refusals/response.ts';
import { digestBody, type Ticket } from '#lib/tester/ticket.ts';
import { admissionRefusal, isHolder } from './admit.ts';
import { clientAddress, normalizeAddress } from './client-address.ts';
import { type Inbound, isHost, type ReadHeaders, readHeaders } from './inbound.ts';
import { limitHeaders } from './limit-headers.ts';
import { answerPreflight, isPreflight, isReadable, reportPage } from './pages.ts';
import {
  type Burst,
  type CallSubject,
  type DayAllowance,
  type GatewayPorts,
  type KnownCredential,
  type Route,
  Unavailable,
} from './ports.ts';
import { keyInQuery, present } from './present.ts';
import { readTarget, TARGET_BYTES_MAX, type Target } from './target.ts';

/** What a decision depends on. It records and sends nothing. */
export type DecidePorts = Pick<
  GatewayPorts,
  'credentials' | 'routes' | 'origins' | 'tickets' | 'burst' | 'quota' | 'clock' | 'keyInQuery' | 'usedOnPage'
>;

export type DecideOptions = {
  readonly ports: DecidePorts;
  readonly options: { readonly bodyLimitBytes: number };
  readonly isTrustedProxy: (address: string | null) => boolean;
};

/** A request before anything is known about it. */
export type Call = {
  /** Request ID: UUIDv7. */
  readonly id: string;
  /** By the database's clock. */
  readonly atMs: number;
  readonly inbound: Inbound;
  readonly hasBody: boolean;
};

export type Refused = {
  readonly admitted: false;
  readonly reason: Reason;
  /** The request as it is recorded; null if the caller is unknown, as the request belongs to no team then. */
  readonly subject: CallSubject | null;
  readonly limitHeaders: readonly string[];
  readonly limit?: RefusalContext['limit'];
  /** The unexpected error behind an `internal_error`. */
  readonly cause?: unknown;
  /** The origin whose pages may read the response. */
  readonly page?: string;
};

/** A browser's question what a page may send, answered with these headers. */
export type Preflight = { readonly admitted: false; readonly preflight: readonly string[] };

export type Admitted = {
  readonly admitted: true;
  readonly subject: CallSubject;
  readonly route: Route;
  readonly target: Target;
  readonly headers: ReadHeaders;
  readonly limitHeaders: readonly string[];
  /** SHA-256 that the body must have, in base64url. */
  readonly bodyDigest: string | undefined;
  /** The origin whose pages may read the response. */
  readonly page?: string;
};

export type Decision = Refused | Admitted | Preflight;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']);
const NO_HEADERS: readonly string[] = [];
const EMPTY_DIGEST = digestBody('');
const DAY_SECONDS = 86_400;
const PATH_MAX = 2_048;

/**
 * Whether a request can be forwarded. Total: it never throws or rejects, and every failure is a refusal. An accepted
 * request has been taken from its limits; `quota.giveBack` returns it.
 */
export function decide(context: DecideOptions, call: Call): Decision | Promise<Decision> {
  try {
    const headers = readHeaders(call.inbound.rawHeaders);
    const decision = authenticate(context, call, headers);
    if (headers.origin !== undefined) return forPage(context, call, headers.origin, decision);
    return decision instanceof Promise ? decision.catch(failure) : decision;
  } catch (error) {
    return failure(error);
  }
}

const refused = (reason: Reason): Refused => ({
  admitted: false,
  reason,
  subject: null,
  limitHeaders: NO_HEADERS,
});

/** No detail of the error reaches the client. */
const failure = (cause: unknown): Refused =>
  cause instanceof Unavailable ? refused('temporarily_unavailable') : { ...refused('internal_error'), cause };

/** Adds the page's origin to a decision if pages of that origin may read the response. */
async function forPage(
  { ports }: DecideOptions,
  call: Call,
  origin: string,
  made: Decision | Promise<Decision>,
): Promise<Decision> {
  try {
    const decision = await Promise.resolve(made).catch(failure);
    if ('preflight' in decision) return decision;
    const known = decision.subject?.credential;
    return (await isReadable(ports, call.inbound, origin, known)) ? { ...decision, page: origin } : decision;
  } catch (error) {
    return failure(error);
  }
}

function authenticate(
  context: DecideOptions,
  call: Call,
  headers: ReadHeaders,
): Decision | Promise<Decision> {
  const { ports } = context;
  const { method, target } = call.inbound;
  if (headers.hosts > 1 || headers.upgrade || (headers.host !== undefined && !isHost(headers.host)))
    return refused('malformed_request');
  if (!METHODS.has(method)) return refused('method_not_allowed');
  const mark = target.indexOf('?');
  if (mark >= 0 && keyInQuery(target.slice(mark + 1))) {
    ports.keyInQuery?.(target.slice(mark + 1));
    return refused('key_in_query');
  }
  const place = readTarget(target);
  const keys = (place && ports.routes.api(place.api)?.keys) ?? null;
  if (headers.ticket !== undefined)
    return present(headers, keys) === 'missing_credentials'
      ? redeemTicket(context, { call, headers, target: place }, headers.ticket)
      : refused('malformed_credentials');
  const presented = present(headers, keys);
  if (presented === 'missing_credentials' && isPreflight(method, headers))
    return answerPreflight(ports, { id: call.id, target, headers }).then((answer) =>
      typeof answer === 'string' ? refused(answer) : { admitted: false, preflight: answer },
    );
  if (typeof presented === 'string') return refused(presented);

  const sent: Sent = { call, headers, target: place };
  const found = ports.credentials.find(presented.keyId);
  if (found instanceof Promise)
    return found.then((known) =>
      isHolder(presented, known) ? admit(context, sent, known) : refused('invalid_credentials'),
    );
  return isHolder(presented, found) ? admit(context, sent, found) : rejectSlowly(ports);
}

/** A wrong secret takes as long as an unknown key ID, so that timing doesn't reveal which IDs exist (ASVS 11.2.4). */
async function rejectSlowly(ports: DecidePorts): Promise<Refused> {
  await ports.credentials.findNone();
  return refused('invalid_credentials');
}

/** A tester ticket replaces the secret key. All later steps are the same. */
async function redeemTicket(context: DecideOptions, sent: Sent, text: string): Promise<Decision> {
  const { call } = sent;
  const { tickets, credentials } = context.ports;
  const ticket = await tickets.read(text);
  const fits =
    ticket &&
    ticket.method === call.inbound.method &&
    ticket.target === call.inbound.target &&
    (call.hasBody || ticket.bodyDigest === undefined || ticket.bodyDigest === EMPTY_DIGEST);
  if (!fits) return refused('invalid_credentials');
  const known = await credentials.find(ticket.keyId);
  if (!known || !(await tickets.redeem(ticket))) return refused('invalid_credentials');
  return admit(context, sent, known, ticket);
}

/** A request as it was sent. */
type Sent = {
  readonly call: Call;
  readonly headers: ReadHeaders;
  /** Null if the target can't be routed. */
  readonly target: Target | null;
};

/** Facts about an authenticated request. */
type Facts = Sent & {
  readonly known: KnownCredential;
  readonly ticket: Ticket | undefined;
  readonly route: Route | null;
  readonly clientIp: string | null;
};

function admit(
  context: DecideOptions,
  sent: Sent,
  known: KnownCredential,
  ticket?: Ticket,
): Decision | Promise<Decision> {
  const { ports, options, isTrustedProxy } = context;
  const { call, headers, target } = sent;
  const { method, remoteAddress } = call.inbound;
  if (!ticket) reportPage(ports, headers, known);
  const clientIp = ticket
    ? ticket.clientIp && normalizeAddress(ticket.clientIp)
    : clientAddress(remoteAddress, headers.forwardedFor, isTrustedProxy);
  const route = target && ports.routes.match(target.api, method, target.path, target.query);
  const facts: Facts = { ...sent, known, ticket, route, clientIp };

  const { origin, referer } = headers;
  const refusal = admissionRefusal({ known, nowMs: call.atMs, clientIp, origin, referer, route });
  if (refusal === 'unknown_endpoint' && !target)
    return refuse(ports, facts, targetRefusal(call.inbound.target), NO_HEADERS);
  if (refusal) return refuse(ports, facts, refusal, NO_HEADERS);
  if (Number(headers.contentLength ?? 0) > options.bodyLimitBytes)
    return refuse(ports, facts, 'body_too_large', NO_HEADERS);

  const burst = ports.burst.take(known);
  if (!burst.ok) return refuse(ports, facts, 'rate_limited', limitHeaders(burst, null), burst);
  const allowance = ports.quota.take(known);
  return allowance instanceof Promise
    ? allowance.then((taken) => withAllowance(ports, facts, burst, taken))
    : withAllowance(ports, facts, burst, allowance);
}

/** Why a target can't be routed at all. */
const targetRefusal = (target: string): Reason =>
  target.length > TARGET_BYTES_MAX ? 'uri_too_long' : 'unroutable_path';

function withAllowance(ports: DecidePorts, facts: Facts, burst: Burst, allowance: DayAllowance): Decision {
  const fields = limitHeaders(burst, allowance);
  if (!allowance.ok) {
    const { limit: requests, resetSeconds: retryAfterSeconds } = allowance;
    const limit = { requests, windowSeconds: DAY_SECONDS, retryAfterSeconds };
    return refuse(ports, facts, LIMIT_REASONS[allowance.kind], fields, limit);
  }
  return {
    admitted: true,
    subject: describe(facts, allowance.day),
    // An accepted request has a route, and a route needs a target.
    route: facts.route!,
    target: facts.target!,
    headers: facts.headers,
    limitHeaders: fields,
    bodyDigest: facts.ticket?.bodyDigest,
  };
}

function refuse(
  ports: DecidePorts,
  facts: Facts,
  reason: Reason,
  fields: readonly string[],
  limit?: RefusalContext['limit'],
): Refused {
  const subject = describe(facts, ports.clock.day());
  return { admitted: false, reason, subject, limitHeaders: fields, ...(limit && { limit }) };
}

function describe({ call, headers, known, ticket, route, clientIp }: Facts, day: string): CallSubject {
  const { method, target } = call.inbound;
  const mark = target.indexOf('?');
  return {
    id: call.id,
    atMs: call.atMs,
    day,
    credential: known,
    route,
    method,
    path: (mark < 0 ? target : target.slice(0, mark)).slice(0, PATH_MAX),
    clientIp: clientIp ?? '',
    userAgent: headers.userAgent,
    via: ticket && 'tester',
  };
}
