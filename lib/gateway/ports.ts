/**
 * What the gateway core needs from outside. The core knows neither Next nor Drizzle; `runtime.ts` hands these
 * in as one object. A method that may answer at once answers without a promise: the hot path stays synchronous.
 */

export type Environment = 'development' | 'staging' | 'production';

/** All that admission asks of a credential, as cached. */
export type KnownCredential = {
  readonly id: string;
  readonly keyId: string;
  readonly secretDigest: Uint8Array;
  readonly environment: Environment;
  readonly status: 'active' | 'paused' | 'revoked';
  /** Milliseconds since the epoch by the database's clock. */
  readonly expiresAtMs: number | null;
  readonly teamId: string;
  /** The team's public API ID, for the upstream. */
  readonly teamApiId: string;
  readonly teamDeleted: boolean;
  /** Calls a UTC day, for the whole team. */
  readonly dailyQuota: number;
  readonly applicationId: string;
  /** The "App ID", for the upstream. */
  readonly applicationPublicId: string;
  readonly applicationArchived: boolean;
  /** Ids of the connected endpoints. */
  readonly endpoints: ReadonlySet<string>;
  readonly memberId: string | null;
  readonly memberActive: boolean;
  readonly allowedIps: readonly string[];
  readonly allowedDomains: readonly string[];
};

/** Base of an upstream, taken apart once: `https://api.example.com` and `/v2`, or '' for none. */
export type Upstream = { readonly origin: string; readonly basePath: string };

export type Route = {
  readonly endpointId: string;
  readonly apiId: string;
  /** Path below the API, normalised, to append to the upstream's base path. */
  readonly path: string;
  readonly upstreams: { readonly [E in Environment]: Upstream };
  /** Lower-case names of header parameters that the API's document declares: these are carried too. */
  readonly headers?: ReadonlySet<string>;
  /** The operator's own credential at the upstream. */
  readonly upstreamHeader: { readonly name: string; readonly value: string } | null;
};

export type Allowance =
  | {
      readonly ok: true;
      readonly limit: number;
      readonly remaining: number;
      readonly resetSeconds: number;
      readonly day: string;
    }
  | { readonly ok: false; readonly limit: number; readonly resetSeconds: number };

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
};

export type Completion = {
  readonly outcome: 'answered' | 'aborted';
  /** Status of the answer; null if the client left before there was one. */
  readonly status: number | null;
  /** Failure code of the gateway itself, such as `upstream_timeout`. */
  readonly reason: string | null;
  /** False takes the call off the quota again: it never reached the upstream. */
  readonly counted: boolean;
  readonly latencyMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
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
  readonly quota: {
    /** Takes one call from the team's day. Rejects with `Unavailable`. */
    take(credential: KnownCredential): Allowance | Promise<Allowance>;
    /** Gives one back that did not count. */
    giveBack(credential: KnownCredential, day: string): void;
  };
  readonly usage: {
    /** Resolves once the line is durable; rejects when it can't be made so. */
    intent(call: CallSubject): Promise<void>;
    complete(call: CallSubject, completion: Completion): Promise<void>;
    refuse(call: CallSubject, refusal: { status: number; reason: string; latencyMs: number }): Promise<void>;
  };
  readonly clock: {
    /** Milliseconds since the epoch by the database's clock. */
    nowMs(): number;
    /** UTC day of that, `YYYY-MM-DD`. */
    day(): string;
  };
};
