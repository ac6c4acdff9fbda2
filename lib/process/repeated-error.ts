import { log } from './log.ts';

const FIRST_WAIT_MS = 10_000;
const WAIT_MS_MAX = 600_000;

/**
 * Logs a repeating error without flooding the log: the first time immediately, then after 10 seconds and at growing
 * intervals up to 10 minutes. `recovered` logs one line when the work succeeds again.
 */
export class RepeatedError {
  readonly #message: string;
  readonly #nowMs: () => number;
  #count = 0;
  #since = 0;
  #waitMs = 0;
  #nextAt = 0;

  constructor(message: string, nowMs: () => number = () => performance.now()) {
    this.#message = message;
    this.#nowMs = nowMs;
  }

  /** Consecutive failures. */
  get count(): number {
    return this.#count;
  }

  failed(err: unknown, fields: Record<string, unknown> = {}): void {
    const now = this.#nowMs();
    if (this.#count++ === 0) {
      this.#since = now;
      this.#waitMs = FIRST_WAIT_MS;
      this.#nextAt = now;
    }
    if (now < this.#nextAt) return;
    const failures = this.#count;
    log.error({ ...fields, err, failures }, this.#message);
    this.#nextAt = now + this.#waitMs;
    this.#waitMs = Math.min(WAIT_MS_MAX, this.#waitMs * 2);
  }

  recovered(): void {
    if (this.#count === 0) return;
    const seconds = Math.round((this.#nowMs() - this.#since) / 1_000);
    log.info({ failures: this.#count, seconds }, `Recovered: ${this.#message}`);
    this.#count = 0;
  }
}
