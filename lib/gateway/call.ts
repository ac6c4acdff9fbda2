import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import {
  LIMIT_REASONS,
  REASONS,
  type Reason,
  type RefusalContext,
  refusalAnswer,
} from '#lib/refusals/reasons.ts';
import { digestBody, type Ticket } from '#lib/tester/ticket.ts';
import { admissionRefusal, isHolder } from './admit.ts';
import { BodyBroken, BodyDiffers, BodyTooLarge, MeteredBody } from './body.ts';
import { clientAddress, normaliseAddress } from './client-address.ts';
import type { Gateway } from './handle.ts';
import { type Inbound, ownHeaders, type ReadHeaders, readHeaders } from './inbound.ts';
import { limitHeaders } from './limit-headers.ts';
import {
  type Burst,
  type CallSubject,
  type DayAllowance,
  type KnownCredential,
  type Route,
  Unavailable,
} from './ports.ts';
import { keyInQuery, type Presented, present } from './present.ts';
import { publicLocation, RedirectLeaves } from './redirect.ts';
import { requestId } from './request-id.ts';
import { type AnswerHeaders, answerHeaders } from './response-headers.ts';
import { readTarget, type Target } from './target.ts';

/** Where a mount lets the answer out. */
export type Outlet = {
  /** Status and headers; sent no later than the first byte of the body. */
  start(status: number, headers: string[]): void;
  /** False asks to wait until `Call.drained` is called. */
  write(chunk: Buffer): boolean;
  end(chunk?: Buffer): void;
  /** Breaks the answer off so that the client sees an error, never a short success. */
  destroy(): void;
};

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const NO_HEADERS: readonly string[] = [];
const EMPTY_DIGEST = digestBody('');
const DAY_SECONDS = 86_400;

type Limit = RefusalContext['limit'];

class ClientGone extends Error {
  override name = 'ClientGone';
}

/** One call on its way: present, identify, admit, intent, forward, complete. Also undici's handler for it. */
export class Call implements Dispatcher.DispatchHandler {
  readonly #gateway: Gateway;
  readonly #inbound: Inbound;
  readonly #body: Readable | null;
  readonly #outlet: Outlet;
  readonly #startedAt = performance.now();
  readonly #atMs: number;
  readonly id: string;

  #headers: ReadHeaders | undefined;
  #target: Target | null = null;
  #known: KnownCredential | null = null;
  #ticket: Ticket | undefined;
  #route: Route | null = null;
  #clientIp: string | null = null;
  #subject: CallSubject | undefined;
  #limits: readonly string[] = NO_HEADERS;
  #metered: MeteredBody | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #status: number | null = null;
  #head: AnswerHeaders | undefined;
  #missing = -1;
  #held: Buffer | undefined;
  #bytesOut = 0;
  #forwardedAt = 0;
  #upstreamMs: number | undefined;
  #intended = false;
  #settled = false;
  #gone = false;

  constructor(gateway: Gateway, inbound: Inbound, body: Readable | null, outlet: Outlet) {
    this.#gateway = gateway;
    this.#inbound = inbound;
    this.#body = body;
    this.#outlet = outlet;
    this.#atMs = gateway.ports.clock.nowMs();
    this.id = requestId(this.#atMs);
  }

  /** Takes the call through to its answer. Never throws, never rejects. */
  run(): void {
    try {
      this.#present();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The client closed before the answer ended. */
  clientGone(): void {
    if (this.#settled || this.#gone) return;
    this.#gone = true;
    this.#metered?.destroy();
    if (this.#controller) this.#controller.abort(new ClientGone());
  }

  /** The outlet can take more. */
  drained(): void {
    this.#controller?.resume();
  }

  #present(): void {
    const { method, rawHeaders, target } = this.#inbound;
    const headers = readHeaders(rawHeaders);
    this.#headers = headers;
    if (headers.hosts > 1 || headers.upgrade) return this.#refuse('malformed_request');
    if (!METHODS.has(method)) return this.#refuse('method_not_allowed');
    const mark = target.indexOf('?');
    if (mark >= 0 && keyInQuery(target.slice(mark + 1))) {
      this.#gateway.ports.keyInQuery?.(target.slice(mark + 1));
      return this.#refuse('key_in_query');
    }
    this.#target = readTarget(target);

    if (headers.ticket !== undefined) return this.#presentTicket(headers.ticket, headers);
    const presented = present(headers);
    if (typeof presented === 'string') return this.#refuse(presented);

    const found = this.#gateway.ports.credentials.find(presented.keyId);
    if (!(found instanceof Promise)) return this.#identify(presented, found);
    found.then((known) => this.#identify(presented, known)).catch((error) => this.#fail(error));
  }

  #identify(presented: Presented, known: KnownCredential | null): void {
    if (!isHolder(presented, known)) return this.#refuse('invalid_credentials');
    this.#known = known;
    this.#admit(known);
  }

  /** The tester's ticket stands in for the secret and for nothing else: every later step is the same. */
  #presentTicket(text: string, headers: ReadHeaders): void {
    if (present(headers) !== 'missing_credentials') return this.#refuse('malformed_credentials');
    const { tickets, credentials } = this.#gateway.ports;
    const ticket = tickets.read(text);
    const fits =
      ticket &&
      ticket.method === this.#inbound.method &&
      ticket.target === this.#inbound.target &&
      (this.#body !== null || ticket.bodyDigest === undefined || ticket.bodyDigest === EMPTY_DIGEST);
    if (!fits) return this.#refuse('invalid_credentials');
    this.#ticket = ticket;
    const redeem = async () => {
      const known = await credentials.find(ticket.keyId);
      if (!known || !(await tickets.redeem(ticket))) return this.#refuse('invalid_credentials');
      this.#known = known;
      this.#admit(known);
    };
    redeem().catch((error) => this.#fail(error));
  }

  #admit(known: KnownCredential): void {
    const { ports, options, isTrustedProxy } = this.#gateway;
    const headers = this.#headers!;
    const target = this.#target;
    this.#clientIp = this.#ticket
      ? this.#ticket.clientIp && normaliseAddress(this.#ticket.clientIp)
      : clientAddress(this.#inbound.remoteAddress, headers.forwardedFor, isTrustedProxy);
    this.#route = target && ports.routes.match(target.api, this.#inbound.method, target.path);

    const refusal = admissionRefusal({
      known,
      nowMs: this.#atMs,
      clientIp: this.#clientIp,
      origin: headers.origin,
      referer: headers.referer,
      route: this.#route,
    });
    if (refusal) return this.#refuse(refusal);
    if (Number(headers.contentLength ?? 0) > options.bodyLimitBytes) return this.#refuse('body_too_large');

    const burst = ports.burst.take(known);
    if (!burst.ok) {
      this.#limits = limitHeaders(burst, null);
      return this.#refuse('rate_limited', burst);
    }
    const allowance = ports.quota.take(known);
    if (!(allowance instanceof Promise)) return this.#meter(burst, allowance);
    allowance.then((taken) => this.#meter(burst, taken)).catch((error) => this.#fail(error));
  }

  #meter(burst: Burst, allowance: DayAllowance): void {
    this.#limits = limitHeaders(burst, allowance);
    if (!allowance.ok) {
      const { limit: requests, resetSeconds: retryAfterSeconds } = allowance;
      const limit = { requests, windowSeconds: DAY_SECONDS, retryAfterSeconds };
      return this.#refuse(LIMIT_REASONS[allowance.kind], limit);
    }
    const subject = this.#describe(allowance.day);
    this.#subject = subject;
    attempt(() => this.#gateway.ports.usage.intent(subject)).then(
      () => this.#forward(),
      () => {
        this.#gateway.ports.quota.giveBack(this.#known!, subject.day);
        this.#subject = undefined;
        this.#answer('metering_unavailable');
      },
    );
  }

  #describe(day: string): CallSubject {
    return {
      id: this.id,
      atMs: this.#atMs,
      day,
      credential: this.#known!,
      route: this.#route,
      method: this.#inbound.method,
      path: this.#loggedPath(),
      clientIp: this.#clientIp ?? '',
      userAgent: this.#headers!.userAgent,
      via: this.#ticket && 'tester',
    };
  }

  #loggedPath(): string {
    const { target } = this.#inbound;
    const mark = target.indexOf('?');
    return (mark < 0 ? target : target.slice(0, mark)).slice(0, 2_048);
  }

  #forward(): void {
    this.#intended = true;
    if (this.#gone) return this.#abandon();
    try {
      const { method } = this.#inbound;
      const route = this.#route!;
      const upstream = route.upstreams[this.#known!.environment];
      const query = this.#target!.query;
      if (this.#body)
        this.#metered = new MeteredBody(
          this.#body,
          this.#gateway.options.bodyLimitBytes,
          this.#ticket?.bodyDigest,
        );
      this.#forwardedAt = performance.now();
      this.#gateway.upstreams.dispatch(
        upstream.origin,
        {
          method: method as Dispatcher.HttpMethod, // One of METHODS.
          path: upstream.basePath + route.path + (query ? `?${query}` : ''),
          headers: this.#forwardedHeaders(route),
          body: this.#metered ?? null,
        },
        this,
      );
    } catch (error) {
      this.onResponseError(undefined, error as Error); // undici throws Errors only.
    }
  }

  #forwardedHeaders(route: Route): string[] {
    const { carried, extra, contentLength } = this.#headers!;
    const known = this.#known!;
    const headers = carried;
    for (const part of ownHeaders(extra, route.headers)) headers.push(part);
    if (this.#body && contentLength !== undefined) headers.push('content-length', contentLength);
    if (this.#clientIp) headers.push('x-forwarded-for', this.#clientIp);
    for (const part of this.#gateway.forwardedAs) headers.push(part);
    headers.push('x-latchkey-team', known.teamApiId, 'x-latchkey-application', known.applicationPublicId);
    headers.push('x-latchkey-credential', known.keyId, 'x-request-id', this.id);
    const own = route.upstreamHeader;
    if (!own) return headers;
    const name = own.name.toLowerCase();
    // Last, and alone: whatever the client sent under this name is gone.
    const kept = headers.includes(name) ? dropName(headers, name) : headers;
    kept.push(name, own.value);
    return kept;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#gone) controller.abort(new ClientGone());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    this.#upstreamMs = performance.now() - this.#forwardedAt;
    const raw = textHeaders(controller.rawHeaders);
    const route = this.#route!;
    const place = {
      upstream: route.upstreams[this.#known!.environment],
      path: route.path,
      api: this.#target!.api,
      mount: this.#gateway.options,
    };
    const head = answerHeaders(raw, this.id, this.#limits, place);
    if (head.location !== undefined) {
      const location = publicLocation(head.location, status, place);
      if (location !== null) head.headers.push('Location', location);
    }
    this.#status = status;
    this.#head = head;
    const bodiless = this.#inbound.method === 'HEAD' || status === 204 || status === 304;
    if (head.contentLength !== undefined && status !== 204)
      head.headers.push('Content-Length', head.contentLength);
    this.#missing = bodiless ? 0 : head.contentLength === undefined ? -1 : Number(head.contentLength);
    // An answer without a body is complete with its head: the head waits until the call is on record.
    if (this.#missing !== 0) this.#outlet.start(status, head.headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#gone) return;
    this.#bytesOut += chunk.length;
    if (this.#missing > 0) {
      this.#missing -= chunk.length;
      if (this.#missing === 0) {
        this.#held = chunk; // With these bytes the client has it all: they wait for the record.
        return;
      }
    }
    if (!this.#outlet.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    if (this.#gone) return this.#abandon();
    this.#complete('answered', this.#status, null, true, () => {
      if (this.#missing === 0 && this.#held === undefined)
        this.#outlet.start(this.#status!, this.#head!.headers);
      this.#outlet.end(this.#held);
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#settled) return;
    if (this.#gone || error instanceof BodyBroken) return this.#abandon();
    const reason = failureReason(error);
    const incomplete = reason === 'body_too_large' || reason === 'invalid_credentials';
    const counted = this.#controller !== undefined && !incomplete;
    if (!counted) this.#gateway.ports.quota.giveBack(this.#known!, this.#subject!.day);
    const answered = this.#status !== null && this.#head !== undefined && this.#missing !== 0;
    if (answered)
      return this.#complete('answered', this.#status, reason, counted, () => this.#outlet.destroy());
    this.#complete('answered', REASONS[reason].status, reason, counted, () => this.#answer(reason));
  }

  /** The client left: the upstream call is broken off, and the record says so. */
  #abandon(): void {
    const counted = this.#controller !== undefined;
    if (!counted) this.#gateway.ports.quota.giveBack(this.#known!, this.#subject!.day);
    this.#complete('aborted', this.#status, null, counted, () => this.#outlet.destroy());
  }

  #complete(
    outcome: 'answered' | 'aborted',
    status: number | null,
    reason: Reason | null,
    counted: boolean,
    then: () => void,
  ): void {
    this.#settled = true;
    const completion = {
      outcome,
      status,
      reason,
      counted,
      latencyMs: performance.now() - this.#startedAt,
      bytesIn: this.#metered?.bytes ?? 0,
      bytesOut: this.#bytesOut,
      upstreamMs: this.#upstreamMs,
    };
    attempt(() => this.#gateway.ports.usage.complete(this.#subject!, completion))
      .then(then, () => this.#outlet.destroy()) // Not on record: it must not look like a success.
      .catch(() => this.#outlet.destroy());
  }

  #refuse(reason: Reason, limit?: Limit): void {
    const known = this.#known;
    if (!known) return this.#answer(reason, limit);
    const refusal = {
      status: REASONS[reason].status,
      reason,
      latencyMs: performance.now() - this.#startedAt,
    };
    const answer = () => this.#answer(reason, limit);
    // A refusal is answered even when it can't be recorded: nothing was forwarded.
    const subject = this.#describe(this.#gateway.ports.clock.day());
    attempt(() => this.#gateway.ports.usage.refuse(subject, refusal)).then(answer, answer);
  }

  #answer(reason: Reason, limit?: Limit): void {
    this.#settled = true;
    const { portalUrl } = this.#gateway.options;
    const answer = refusalAnswer(reason, {
      portalUrl,
      requestId: this.id,
      limitHeaders: this.#limits,
      ...(limit && { limit }),
    });
    this.#gateway.count(reason);
    // What follows on this connection can't be trusted, or is a body nobody reads.
    if (reason === 'malformed_request' || (this.#body && !this.#body.readableEnded))
      answer.headers.push('Connection', 'close');
    this.#outlet.start(answer.status, answer.headers);
    this.#outlet.end(this.#inbound.method === 'HEAD' ? undefined : answer.body);
  }

  /** Something threw before the call was forwarded: no upstream call, and no detail for the client. */
  #fail(error: unknown): void {
    if (this.#settled) return;
    if (!(error instanceof Unavailable)) this.#gateway.report(error);
    if (this.#intended) return this.onResponseError(undefined, error as Error); // Only its class is looked at.
    this.#answer(error instanceof Unavailable ? 'temporarily_unavailable' : 'internal_error');
  }
}

/** A record that throws at once has failed like one that rejects: the call still gets its answer. */
function attempt(write: () => Promise<void>): Promise<void> {
  try {
    return write();
  } catch (error) {
    return Promise.reject(error);
  }
}

function failureReason(error: Error & { code?: unknown }): Reason {
  if (error instanceof BodyTooLarge) return 'body_too_large';
  if (error instanceof BodyDiffers) return 'invalid_credentials';
  if (error instanceof RedirectLeaves) return 'upstream_redirect';
  const { code } = error;
  const late =
    code === 'UND_ERR_HEADERS_TIMEOUT' ||
    code === 'UND_ERR_BODY_TIMEOUT' ||
    code === 'UND_ERR_CONNECT_TIMEOUT';
  return late || code === 'ETIMEDOUT' ? 'upstream_timeout' : 'upstream_unreachable';
}

function dropName(pairs: string[], name: string): string[] {
  const kept: string[] = [];
  for (let i = 0; i < pairs.length; i += 2) if (pairs[i] !== name) kept.push(pairs[i]!, pairs[i + 1]!);
  return kept;
}

function textHeaders(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return [];
  const text: string[] = new Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    const part = raw[i]!;
    text[i] = typeof part === 'string' ? part : part.toString('latin1');
  }
  return text;
}
