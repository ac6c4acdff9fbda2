import type { LineSubject, Refusal, RefusalSummary } from './lines.ts';

type KeyState = {
  /** Rows that can be written for this key right now. */
  rows: number;
  refilledAt: number;
  /** Rejected requests that are counted instead. */
  pending: Map<string, RefusalSummary>;
  pendingSince: number;
  lastAt: number;
};

/** Rejected requests of a key that get a row each: this many in a row, and from then on this many per second. */
const ROWS_AT_ONCE = 100;
const ROWS_PER_SECOND = 1;
/** A summary is written after this time without a further request, and after the other time at the latest. */
const QUIET_MS = 500;
const PENDING_MS_MAX = 10_000;
/** Clients that are listed separately in one summary. Further ones are counted without their address and endpoint. */
const GROUPS_PER_KEY = 10;
const MINUTE_MS = 60_000;

/**
 * Keeps rejected requests from filling the disk. Up to a rate per key, each gets a row. Beyond that they are counted and
 * written as one row for each reason, endpoint, client address and minute. All sums stay exact.
 */
export class RefusalSummaries {
  readonly #keys = new Map<string, KeyState>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Whether this request is counted here. Otherwise it gets its own row. */
  takes(call: LineSubject, refusal: Refusal): boolean {
    const now = this.#nowMs();
    const key = this.#keyOf(call.credential.id, now);
    if (key.rows >= 1) {
      key.rows--;
      return false;
    }
    key.lastAt = now;
    this.#add(key, { call, ...refusal, requests: 1 }, now);
    return true;
  }

  /** Restores a summary that couldn't be written. */
  restore(summary: RefusalSummary): void {
    const now = this.#nowMs();
    const key = this.#keyOf(summary.call.credential.id, now);
    key.lastAt = now;
    this.#add(key, summary, now);
  }

  /** The summaries to write now, or all of them. */
  due({ all = false } = {}): RefusalSummary[] {
    const now = this.#nowMs();
    const due: RefusalSummary[] = [];
    for (const [id, key] of this.#keys) {
      if (key.pending.size === 0) {
        this.#refill(key, now);
        if (key.rows >= ROWS_AT_ONCE) this.#keys.delete(id);
      } else if (all || now - key.lastAt >= QUIET_MS || now - key.pendingSince >= PENDING_MS_MAX) {
        due.push(...key.pending.values());
        key.pending.clear();
      }
    }
    return due;
  }

  #keyOf(id: string, now: number): KeyState {
    const known = this.#keys.get(id);
    if (known) {
      this.#refill(known, now);
      return known;
    }
    const key = { rows: ROWS_AT_ONCE, refilledAt: now, pending: new Map(), pendingSince: 0, lastAt: 0 };
    this.#keys.set(id, key);
    return key;
  }

  #refill(key: KeyState, now: number): void {
    key.rows = Math.min(ROWS_AT_ONCE, key.rows + ((now - key.refilledAt) / 1_000) * ROWS_PER_SECOND);
    key.refilledAt = now;
  }

  #add(key: KeyState, summary: RefusalSummary, now: number): void {
    if (key.pending.size === 0) key.pendingSince = now;
    const { call, reason } = summary;
    const minute = Math.floor(call.atMs / MINUTE_MS);
    const of = `${call.day} ${minute} ${reason} ${summary.status} ${call.via ?? ''}`;
    let name = `${of} ${call.route?.endpointId ?? ''} ${call.clientIp}`;
    let counted = summary;
    if (!key.pending.has(name) && key.pending.size >= GROUPS_PER_KEY) {
      name = of;
      counted = { ...summary, call: { ...call, route: null, clientIp: '', path: '', userAgent: '' } };
    }
    const known = key.pending.get(name);
    const requests = (known?.requests ?? 0) + counted.requests;
    const latencyMs = known
      ? (known.latencyMs * known.requests + counted.latencyMs * counted.requests) / requests
      : counted.latencyMs;
    key.pending.set(name, { ...counted, requests, latencyMs });
  }
}
