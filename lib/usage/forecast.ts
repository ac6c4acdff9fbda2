const HOUR_MS = 3_600_000;

export type Pace = {
  /** Calls of the last sixty minutes. */
  lastHour: number;
  /** Calls of each UTC hour of an earlier day on average, from 0 to 23; null when there is no earlier day. */
  typical: readonly number[] | null;
};

/** When a limit is used up; null when it lasts until midnight UTC. `expected`: calls from now to midnight. */
export type Forecast = { runsOutAt: Date | null; expected: number };

/**
 * How long the rest of a day's limit lasts. What comes next looks like the last hour, and the farther off it is, the
 * more like the same hour of earlier days: the weight of the last hour halves with each hour.
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
