/**
 * What the gateway core needs from outside. The core imports neither Next nor Drizzle; `runtime.ts` supplies these as one
 * object. A method that can respond immediately returns a plain value, so that the hot path stays synchronous.
 */

import type { LimitKind } from '#lib/admission/day-limits.ts';
import type { AdmissionRecord as KnownCredential } from '#lib/admission/record.ts';
import type { HeaderPolicy } from '#lib/catalog/header-policy.ts';
import type { KeyPolicy } from '#lib/catalog/key-policy.ts';
import type { Upstream } from '#lib/catalog/upstream-url.ts';
import type { Environment } from '#lib/credentials/format.ts';
import type { LineCompletion as Completion } from '#lib/metering/lines.ts';
import type { Ticket } from '#lib/tester/ticket.ts';

export type { Completion, Environment, KnownCredential };

export type Route = {
  readonly endpointId: string;
  readonly apiId: string;
  /** Normalized path below the API, appended to the upstream's base path. */
  readonly path: string;
  readonly upstreams: { readonly [E in Environment]: Upstream };
  /** Which of the client's headers are forwarded. Null for the default: all that can be. */
  readonly policy?: HeaderPolicy | null;
  /** How clients send their key. Null for the default: in any of the standard ways. */
  readonly keys?: KeyPolicy | null;
  /** Hosts that the API may redirect clients to. */
  readonly redirectHosts?: readonly string[];
  /** Only Production keys can use it. */
  readonly productionOnly?: boolean;
  /** The operator's own credential for the upstream. */
  readonly upstreamHeader: { readonly name: string; readonly value: string } | null;
};

export type RoutedApi = {
  readonly id: string;
  /** Whether web pages can use it. */
  readonly browserAccess: boolean;
  readonly policy: HeaderPolicy | null;
  readonly keys: KeyPolicy | null;
};

/** State of the daily limits. `limit` and `remaining` belong to the limit with the least remaining. */
export type DayAllowance =
  | {
      readonly ok: true;
      readonly limit: number;
      readonly remaining: number;
      readonly resetSeconds: number;
      readonly day: string;
    }
  | { readonly ok: false; readonly kind: LimitKind; readonly limit: number; readonly resetSeconds: number };

/** State of the team's burst limit. */
export type Burst = {
  readonly ok: boolean;
  readonly requests: number;
  readonly windowSeconds: number;
  /** Requests that this process would accept now. */
  readonly remaining: number;
  /** Until the full limit is available again. */
  readonly resetSeconds: number;
  /** Until the next request is accepted; 0 if it would be accepted now. */
  readonly retryAfterSeconds: number;
};

/** What is recorded about a request before its outcome is known. */
export type CallSubject = {
  /** Request ID: UUIDv7. */
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
  /** Set if the request was authenticated other than by a secret key. */
  readonly via?: 'tester' | undefined;
};

/** Can't be determined right now: the database is unreachable and the cache can't be used. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

export type GatewayPorts = {
  readonly credentials: {
    /** The credential with this key ID, or null. Rejects with `Unavailable`. */
    find(keyId: string): KnownCredential | null | Promise<KnownCredential | null>;
    /** Takes as long as `find` for an unknown key ID. Rejects with `Unavailable`. */
    findNone(): Promise<void>;
  };
  readonly routes: {
    /** The endpoint that serves a method, a path below an API and a query, or null. */
    match(apiSlug: string, method: string, path: string, query: string): Route | null;
    /** The API with a slug, or null. */
    api(apiSlug: string): RoutedApi | null;
  };
  readonly origins: {
    /** Whether a usable key of the API is allowed on pages of a host. */
    allows(apiId: string, host: string): boolean | Promise<boolean>;
  };
  readonly tickets: {
    /** A valid, unexpired ticket, or null. */
    read(text: string): Ticket | null | Promise<Ticket | null>;
    /** Whether this is the ticket's first use on any gateway. Rejects with `Unavailable`. */
    redeem(ticket: Ticket): Promise<boolean>;
  };
  readonly burst: {
    /** Takes one request from the team's burst limit. */
    take(credential: KnownCredential): Burst;
  };
  readonly quota: {
    /** Takes one request from all daily limits, or from none. Rejects with `Unavailable`. */
    take(credential: KnownCredential): DayAllowance | Promise<DayAllowance>;
    /** Returns a request that did not count. */
    giveBack(credential: KnownCredential, day: string): void;
  };
  readonly usage: {
    /** Resolves once the line is durable. Rejects if it can't be made durable. */
    intent(call: CallSubject): Promise<void>;
    complete(call: CallSubject, completion: Completion): Promise<void>;
    refuse(call: CallSubject, refusal: { status: number; reason: string; latencyMs: number }): Promise<void>;
  };
  /** Called when a browser sends a Production secret key. Runs in the background and never fails the request. */
  readonly usedOnPage?: (credential: KnownCredential, origin: string) => void;
  /** Called with a query string that contains a key. Runs in the background and never fails the request. */
  readonly keyInQuery?: (query: string) => void;
  readonly clock: {
    /** Milliseconds since the epoch by the database's clock. */
    nowMs(): number;
    /** UTC day of `nowMs`, `YYYY-MM-DD`. */
    day(): string;
  };
};
