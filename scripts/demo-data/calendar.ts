import { v7 } from 'uuid';

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

/** Dates in the demo's past, counted in UTC days before the day it is created. */
export type Calendar = {
  now: number;
  /** `at(1, 14.5)` is yesterday at 14:30 UTC. */
  at: (daysAgo: number, hours?: number) => Date;
};

export function calendarOf(now: number): Calendar {
  const midnight = Math.floor(now / DAY_MS) * DAY_MS;
  return { now, at: (daysAgo, hours = 9) => new Date(midnight - daysAgo * DAY_MS + hours * HOUR_MS) };
}

let sequence = 0;

/** An ID as it would have been generated then. Rows are listed in the order of their IDs. */
export const idAt = (at: Date): string => v7({ msecs: at.getTime(), seq: sequence++ });
