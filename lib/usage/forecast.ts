const HOUR_MS = 3_600_000;

export type Pace = {
  /** Requests in the last 60 minutes. */
  lastHour: number;
  /** Average requests in each UTC hour (0 to 23) of the previous days; null without previous days. */
  typical: readonly number[] | null;
};

/** When a limit runs out; null if it lasts until midnight UTC. `expected`: requests from now to midnight. */
export type Forecast = { runsOutAt: Date | null; expected: number };

/**
 * Forecasts how long the rest of a daily limit lasts. Each hour ahead is a weighted average of the last hour and the same
 * hour of previous days. The weight of the last hour halves with every hour.
 */
export function forecast({ left, now, pace }: { left: number; now: Date; pace: Pace }): Forecast {
  const { lastHour, typical } = pace;
  const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1);
  let expected = 0;
  let runsOutAt: Date | null = left <= 0 ? now : null;
  for (let from = now.getTime(); from < midnight; ) {
    const to = Math.floor(from / HOUR_MS) * HOUR_MS + HOUR_MS;
    const hoursAhead = ((from + to) / 2 - now.getTime()) / HOUR_MS;
    const weight = 0.5 ** hoursAhead;
    const usual = typical?.[new Date(from).getUTCHours()] ?? lastHour;
    const perMs = (weight * lastHour + (1 - weight) * usual) / HOUR_MS;
    const calls = perMs * (to - from);
    if (!runsOutAt && perMs > 0 && expected + calls >= left)
      runsOutAt = new Date(from + Math.round((left - expected) / perMs));
    expected += calls;
    from = to;
  }
  return { runsOutAt, expected: Math.round(expected) };
}
