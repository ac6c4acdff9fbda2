/**
 * What the gateway core needs from outside. The core knows neither Next nor Drizzle; `runtime.ts` hands these
 * in as one object. A method that may answer at once answers without a promise: the hot path stays synchronous.
 */

import type { LimitKind } from '#lib/admission/day-limits.ts';
import type { AdmissionRecord as KnownCredential } from '#lib/admission/record.ts';
import type { Upstream } from '#lib/catalog/upstream-url.ts';
import type { Environment } from '#lib/credentials/format.ts';
import type { LineCompletion as Completion } from '#lib/metering/lines.ts';
import type { Ticket } from '#lib/tester/ticket.ts';

export type { Completion, Environment, KnownCredential };

export type Route = {
  readonly endpointId: string;
  readonly apiId: string;
  /** Path below the API, normalised, to append to the upstream's base path. */
  readonly path: string;
  readonly upstreams: { readonly [E in Environment]: Upstream };
  /** Lower-case names of header parameters that the API's document declares: these are carried too. */
  readonly headers?: ReadonlySet<string>;
  /** Refused to keys of other environments. */
  readonly productionOnly?: boolean;
  /** The operator's own credential at the upstream. */
  readonly upstreamHeader: { readonly name: string; readonly value: string } | null;
};

/** What the limits of the day say. `limit` and `remaining` are those of the one that has least left. */
export type DayAllowance =
  | {
      readonly ok: true;
      readonly limit: number;
      readonly remaining: number;
      readonly resetSeconds: number;
      readonly day: string;
    }
  | { readonly ok: false; readonly kind: LimitKind; readonly limit: number; readonly resetSeconds: number };

/** What the team's burst limit says. */
export type Burst = {
  readonly ok: boolean;
  readonly requests: number;
  readonly windowSeconds: number;
  /** Calls that this process would let through now. */
  readonly remaining: number;
  /** Until the whole of it is there again. */
  readonly resetSeconds: number;
  /** Until the next call has room; 0 where it has. */
  readonly retryAfterSeconds: number;
};

/** What both lines of a call say of it. */
export type CallSubject = {
  /** Request id: UUIDv7. */
  readonly id: string;
  readonly atMs: number;
  readonly day: string;
  readonly credential: KnownCredential;
  readonly route: Pick<Route, 'endpointId' | 'apiId'> | null;
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly clientIp: string;
  readonly userAgent: string;
  /** How the call came, where it was not with a secret. */
  readonly via?: 'tester' | undefined;
};

/** It can't be known right now: the database is out of reach and the cache may not answer. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

export type GatewayPorts = {
  readonly credentials: {
    /** The credential with this key id, or null. Rejects with `Unavailable`. */
    find(keyId: string): KnownCredential | null | Promise<KnownCredential | null>;
  };
  readonly routes: {
    /** The endpoint that serves a method and a normalised path below an API, or null. */
    match(apiSlug: string, method: string, path: string): Route | null;
  };
  readonly tickets: {
    /** A ticket of ours that has not expired, or null. */
    read(text: string): Ticket | null;
    /** Whether this is its first use, anywhere. Rejects with `Unavailable`. */
    redeem(ticket: Ticket): Promise<boolean>;
  };
  readonly burst: {
    /** Takes one call from the team's burst. */
    take(credential: KnownCredential): Burst;
  };
  readonly quota: {
    /** Takes one call from the day: from all of its limits, or from none. Rejects with `Unavailable`. */
    take(credential: KnownCredential): DayAllowance | Promise<DayAllowance>;
    /** Gives one back that did not count. */
    giveBack(credential: KnownCredential, day: string): void;
  };
  readonly usage: {
    /** Resolves once the line is durable; rejects when it can't be made so. */
    intent(call: CallSubject): Promise<void>;
    complete(call: CallSubject, completion: Completion): Promise<void>;
    refuse(call: CallSubject, refusal: { status: number; reason: string; latencyMs: number }): Promise<void>;
  };
  /** Told of a query string with a key in it. Works beside the call and never fails it. */
  readonly keyInQuery?: (query: string) => void;
  readonly clock: {
    /** Milliseconds since the epoch by the database's clock. */
    nowMs(): number;
    /** UTC day of that, `YYYY-MM-DD`. */
    day(): string;
  };
};
