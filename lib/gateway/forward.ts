import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { isForeignAuthorization } from '#lib/catalog/key-policy.ts';
import type { Reason } from '#lib/refusals/reasons.ts';
import { BodyBroken, BodyDiffers, BodyTooLarge, MeteredBody } from './body.ts';
import { pageHeaders } from './cors.ts';
import type { Admitted } from './decide.ts';
import type { Outlet } from './outlet.ts';
import type { Completion } from './ports.ts';
import { publicLocation, RedirectLeaves } from './redirect.ts';
import type { ResponsePlace } from './references.ts';
import { type AnswerHeaders, answerHeaders, answerTrailers } from './response-headers.ts';
import { upstreamRequest } from './upstream-request.ts';
import type { Upstreams } from './upstreams.ts';

export type ForwardOptions = {
  readonly upstreams: Upstreams;
  readonly forwardedAs: readonly string[];
  /** The public path before `/{api}`. */
  readonly forwardedPrefix: string;
  readonly options: { readonly bodyLimitBytes: number } & ResponsePlace['mount'];
};

/** How forwarding ended, and what to send to the client once that has been recorded. */
export type Forwarded = Omit<Completion, 'latencyMs' | 'reason'> & {
  readonly reason: Reason | null;
  /** `end` completes the response, `break` interrupts it, `refuse` sends the refusal for `reason`. */
  readonly next: 'end' | 'break' | 'refuse';
  /** The upstream's error. */
  readonly error?: Error | undefined;
};

/** The upstream's status code is outside the range of HTTP (RFC 9110 section 15). */
class InvalidStatus extends Error {
  override name = 'InvalidStatus';
}

class ClientGone extends Error {
  override name = 'ClientGone';
}

/**
 * Streams one accepted request to its upstream and the response to the outlet, as undici's handler. The last bytes of the
 * response are held back until `end` is called: they complete the response, which must be recorded by then.
 */
export class Forwarding implements Dispatcher.DispatchHandler {
  readonly #request: Admitted;
  readonly #context: ForwardOptions;
  readonly #outlet: Outlet;
  readonly #settle: (result: Forwarded) => void;
  readonly #body: MeteredBody | null;
  readonly #sentAt = performance.now();
  #controller: Dispatcher.DispatchController | undefined;
  #status: number | null = null;
  #head: AnswerHeaders | undefined;
  #started = false;
  /** Bytes of the declared length still to come; -1 if no length was declared. */
  #missing = -1;
  #held: Buffer | undefined;
  #trailers: [string, string][] | undefined;
  #bytesOut = 0;
  #upstreamMs: number | undefined;
  #gone = false;
  #settled = false;

  /** `settle` is called exactly once. */
  constructor(
    context: ForwardOptions,
    request: Admitted,
    body: Readable | null,
    outlet: Outlet,
    settle: (result: Forwarded) => void,
  ) {
    this.#context = context;
    this.#request = request;
    this.#outlet = outlet;
    this.#settle = settle;
    this.#body = body && new MeteredBody(body, context.options.bodyLimitBytes, request.bodyDigest);
  }

  send(): void {
    try {
      const hasBody = this.#body !== null;
      const { origin, ...request } = upstreamRequest(this.#request, this.#context, hasBody);
      this.#context.upstreams.dispatch(origin, { ...request, body: this.#body }, this);
    } catch (error) {
      this.onResponseError(undefined, error as Error); // undici and our own code only throw Errors.
    }
  }

  /** The client closed the connection: the upstream request is aborted. */
  clientGone(): void {
    if (this.#settled || this.#gone) return;
    this.#gone = true;
    this.#body?.destroy();
    this.#controller?.abort(new ClientGone());
  }

  drained(): void {
    this.#controller?.resume();
  }

  /** Sends the held-back bytes. Call it once the result has been recorded. */
  end(): void {
    if (!this.#started) this.#outlet.start(this.#status!, this.#head!.headers);
    this.#outlet.end(this.#held, this.#trailers);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#gone) controller.abort(new ClientGone());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    this.#upstreamMs = performance.now() - this.#sentAt;
    if (status > 599) throw new InvalidStatus(`status ${status}`);
    const { subject, route, target, limitHeaders } = this.#request;
    const place: ResponsePlace = {
      upstream: route.upstreams[subject.credential.environment],
      path: route.path,
      redirectHosts: route.redirectHosts ?? [],
      passesChallenge: isForeignAuthorization(route.keys ?? null),
      api: target.api,
      mount: this.#context.options,
    };
    const head = answerHeaders(textHeaders(controller.rawHeaders), subject.id, limitHeaders, place);
    if (head.location !== undefined) {
      const location = publicLocation(head.location, status, place);
      if (location !== null) head.headers.push('Location', location);
    }
    const { page } = this.#request;
    if (page !== undefined) head.headers.push(...pageHeaders(page, head.headers));
    const bodiless = subject.method === 'HEAD' || status === 204 || status === 304;
    if (head.contentLength !== undefined && status !== 204)
      head.headers.push('Content-Length', head.contentLength);
    this.#status = status;
    this.#head = head;
    this.#missing = bodiless ? 0 : head.contentLength === undefined ? -1 : Number(head.contentLength);
    // A response without a body is complete with its head, so the head waits for the record.
    if (this.#missing === 0) return;
    this.#outlet.start(status, head.headers);
    this.#started = true;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#gone) return;
    this.#bytesOut += chunk.length;
    if (this.#missing > 0) {
      this.#missing -= chunk.length;
      if (this.#missing === 0) {
        this.#held = chunk;
        return;
      }
    }
    if (!this.#outlet.write(chunk)) controller.pause();
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (this.#request.headers.trailers) {
      const trailers = textHeaders(controller.rawTrailers);
      if (trailers.length > 0) this.#trailers = answerTrailers(trailers);
    }
    if (this.#gone) this.#finish('aborted', this.#status, null, true, 'break');
    else this.#finish('answered', this.#status, null, true, 'end');
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    const reached = this.#controller !== undefined;
    if (this.#gone || error instanceof BodyBroken)
      return this.#finish('aborted', this.#status, null, reached, 'break');
    const reason = failureReason(error);
    const isClients = reason === 'body_too_large' || reason === 'invalid_credentials';
    const counted = reached && !isClients;
    const cause = isClients ? undefined : error;
    if (this.#started) this.#finish('answered', this.#status, reason, counted, 'break', cause);
    else this.#finish('answered', null, reason, counted, 'refuse', cause);
  }

  #finish(
    outcome: Forwarded['outcome'],
    status: number | null,
    reason: Reason | null,
    counted: boolean,
    next: Forwarded['next'],
    error?: Error,
  ): void {
    if (this.#settled) return;
    this.#settled = true;
    const [bytesIn, bytesOut, upstreamMs] = [this.#body?.bytes ?? 0, this.#bytesOut, this.#upstreamMs];
    this.#settle({ outcome, status, reason, counted, bytesIn, bytesOut, upstreamMs, next, error });
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

function textHeaders(raw: Dispatcher.DispatchController['rawTrailers']): string[] {
  if (!Array.isArray(raw)) return [];
  const text: string[] = new Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    const part = raw[i]!;
    text[i] = typeof part === 'string' ? part : part.toString('latin1');
  }
  return text;
}
