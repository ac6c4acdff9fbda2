import { z } from 'zod';

type Figure = { unit: string; min: number; max: number };

/** The figures of a plan and the bounds within which an operator sets them. */
export const FIGURES = {
  /** Calls a UTC day. */
  dailyQuota: { unit: 'calls', min: 0, max: 1_000_000_000 },
  burstRequests: { unit: 'calls', min: 1, max: 1_000_000 },
  burstWindowSeconds: { unit: 'seconds', min: 1, max: 3_600 },
  retentionDays: { unit: 'days', min: 1, max: 400 },
  membersMax: { unit: 'members', min: 1, max: 100_000 },
  applicationsMax: { unit: 'apps', min: 0, max: 100_000 },
} as const satisfies Record<string, Figure>;

/** An empty field is no number: coerced as it is, it would be 0. */
const isBlank = (value: unknown) =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

const whole = ({ unit, min, max }: Figure) =>
  z.coerce
    .number({ error: `Enter a number of ${unit}.` })
    .int('Enter a whole number.')
    .min(min, `Not below ${min}.`)
    .max(max, `At most ${max.toLocaleString('en')}.`);

/** A whole number that has to be given. */
export const figure = (bounds: Figure) =>
  z.preprocess((value) => (isBlank(value) ? undefined : value), whole(bounds));

/** A whole number, or null for an empty field. */
export const optionalFigure = (bounds: Figure) =>
  z.preprocess((value) => (isBlank(value) ? null : value), whole(bounds).nullable());

/** What a plan grants. Null stands for no limit. */
export type PlanFigures = {
  dailyQuota: number;
  burstRequests: number;
  burstWindowSeconds: number;
  retentionDays: number;
  membersMax: number | null;
  applicationsMax: number | null;
};
