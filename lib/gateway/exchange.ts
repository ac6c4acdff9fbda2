import type { Readable } from 'node:stream';
import { REASONS, type Reason } from '#lib/refusals/reasons.ts';
import { type RefusalContext, refusalResponse } from '#lib/refusals/response.ts';
import { pageHeaders } from './cors.ts';
import { type Admitted, type DecideOptions, type Decision, decide } from './decide.ts';
import type { FairSlots, Slot, Waiting } from './fair-slots.ts';
import { type Forwarded, Forwarding, type ForwardOptions } from './forward.ts';
import type { Inbound } from './inbound.ts';
import type { Exchange, Outlet } from './outlet.ts';
import type { CallSubject, GatewayPorts } from './ports.ts';
import { recordCompletion, recordIntent, recordRefusal } from './record.ts';
import { requestId } from './request-id.ts';
import { readTarget } from './target.ts';
import type { ThrottledLog } from './throttled-log.ts';

/** Shared by all requests of a gateway. */
export type GatewayCore = DecideOptions &
  ForwardOptions & {
    readonly ports: GatewayPorts;
    readonly options: { readonly portalUrl: string };
    readonly slots: FairSlots;
    readonly log: ThrottledLog;
    /** Counts a rejection for the metrics. */
    count(reason: Reason): void;
  };

/** What a refusal's response depends on. */
type Answerable = Pick<RefusalContext, 'limitHeaders' | 'limit'> & { readonly page?: string };

const NEVER_SENT = { outcome: 'aborted', status: null, reason: null, counted: false, next: 'break' } as const;

const CHALLENGES = { basic: 'Basic realm="latchkey", charset="UTF-8"', bearer: 'Bearer realm="latchkey"' };

/** The challenge of an API whose keys are sent in one way. No client must send a key in a header that isn't for it. */
function challengeOf({ ports }: GatewayCore, { target }: Inbound): { challenge: string } | undefined {
  const keys = ports.routes.api(readTarget(target)?.api ?? '')?.keys;
  if (!keys) return undefined;
  const { method, header } = keys;
  if (method === 'basic' || method === 'bearer') return { challenge: CHALLENGES[method] };
  return { challenge: `ApiKey realm="latchkey", header="${header ?? 'X-API-Key'}"` };
}

/** One request in progress: decide, forward, record, respond. */
export class CallExchange implements Exchange {
  readonly id: string;
  readonly #core: GatewayCore;
  readonly #inbound: Inbound;
  readonly #body: Readable | null;
  readonly #outlet: Outlet;
  readonly #atMs: number;
  readonly #startedAt = performance.now();
  #forwarding: Forwarding | undefined;
  #waiting: Waiting | undefined;
  #gone = false;

  constructor(core: GatewayCore, inbound: Inbound, body: Readable | null, outlet: Outlet) {
    this.#core = core;
    this.#inbound = inbound;
    this.#body = body;
    this.#outlet = outlet;
    this.#atMs = core.ports.clock.nowMs();
    this.id = requestId(this.#atMs);
  }

  /** Takes the request through to its response. Never throws, never rejects. */
  run(): void {
    const [id, atMs, inbound, hasBody] = [this.id, this.#atMs, this.#inbound, this.#body !== null];
    const decision = decide(this.#core, { id, atMs, inbound, hasBody });
    if (decision instanceof Promise) void decision.then((later) => this.#follow(later));
    else this.#follow(decision);
  }

  clientGone(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#waiting?.cancel();
    this.#forwarding?.clientGone();
  }

  drained(): void {
    this.#forwarding?.drained();
  }

  #follow(decision: Decision): void {
    if ('preflight' in decision) {
      this.#outlet.start(204, [...decision.preflight]);
      return this.#outlet.end();
    }
    if (!decision.admitted) {
      if (decision.cause !== undefined)
        this.#core.log.error({ err: decision.cause, requestId: this.id }, 'Deciding on a request failed');
      return this.#refuse(decision.subject, decision.reason, decision);
    }
    const { route, subject } = decision;
    const upstream = route.upstreams[subject.credential.environment];
    const taken = this.#core.slots.take(upstream.origin, subject.credential.teamId);
    if (taken && !('cancel' in taken)) return this.#intend(decision, taken);
    if (!taken) return this.#refuseBusy(decision);
    this.#waiting = taken;
    void taken.slot.then((slot) =>
      slot || this.#gone ? this.#intend(decision, slot) : this.#refuseBusy(decision),
    );
  }

  #refuseBusy(decision: Admitted): void {
    const { subject } = decision;
    this.#core.ports.quota.giveBack(subject.credential, subject.day);
    this.#refuse(subject, 'concurrency_limited', decision);
  }

  /** Nothing is forwarded before it is recorded. `slot` is null only if the client has already left. */
  #intend(decision: Admitted, slot: Slot | null): void {
    recordIntent(this.#core.ports, decision.subject).then(
      () => this.#forward(decision, slot),
      (error: unknown) => {
        if (slot) this.#core.slots.release(slot);
        this.#core.log.error({ err: error, requestId: this.id }, 'A request could not be recorded');
        this.#respond('metering_unavailable', decision);
      },
    );
  }

  #forward(decision: Admitted, slot: Slot | null): void {
    const settle = (result: Forwarded) => {
      if (slot) this.#core.slots.release(slot);
      this.#complete(decision, result);
    };
    if (this.#gone || !slot) return settle({ ...NEVER_SENT, bytesIn: 0, bytesOut: 0 });
    this.#forwarding = new Forwarding(this.#core, decision, this.#body, this.#outlet, settle);
    this.#forwarding.send();
  }

  #complete(decision: Admitted, { next, error, ...result }: Forwarded): void {
    const { reason } = result;
    if (error) this.#core.log.warn({ err: error, requestId: this.id }, 'The upstream failed');
    const status = next === 'refuse' && reason ? REASONS[reason].status : result.status;
    const latencyMs = performance.now() - this.#startedAt;
    recordCompletion(this.#core.ports, decision.subject, { ...result, status, latencyMs })
      .then(() => {
        if (next === 'end') this.#forwarding!.end();
        else if (next === 'refuse' && reason) this.#respond(reason, decision);
        else this.#outlet.destroy();
      })
      .catch((cause: unknown) => {
        // Not recorded, so it must not look like a success.
        this.#core.log.error({ err: cause, requestId: this.id }, 'A response could not be completed');
        this.#outlet.destroy();
      });
  }

  #refuse(subject: CallSubject | null, reason: Reason, context: Answerable): void {
    if (!subject) return this.#respond(reason, context);
    const latencyMs = performance.now() - this.#startedAt;
    // Nothing was forwarded, so the rejection is sent even if it can't be recorded.
    recordRefusal(this.#core.ports, subject, reason, latencyMs)
      .catch((err: unknown) =>
        this.#core.log.error({ err, requestId: this.id }, 'A refusal could not be recorded'),
      )
      .then(() => this.#respond(reason, context));
  }

  #respond(reason: Reason, { limitHeaders, limit, page }: Answerable): void {
    const { portalUrl } = this.#core.options;
    const response = refusalResponse(reason, {
      portalUrl,
      requestId: this.id,
      ...(limitHeaders && { limitHeaders }),
      ...(limit && { limit }),
      ...(REASONS[reason].status === 401 && challengeOf(this.#core, this.#inbound)),
    });
    this.#core.count(reason);
    if (page !== undefined) response.headers.push(...pageHeaders(page, response.headers));
    // What follows on this connection can't be trusted, or is a body that is never read.
    if (reason === 'malformed_request' || (this.#body && !this.#body.readableEnded))
      response.headers.push('Connection', 'close');
    this.#outlet.start(response.status, response.headers);
    this.#outlet.end(this.#inbound.method === 'HEAD' ? undefined : response.body);
  }
}
