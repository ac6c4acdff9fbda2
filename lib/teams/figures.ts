import { z } from 'zod';
import { formatNumber } from '#lib/format.ts';

type Figure = { unit: string; min: number; max: number };

/** The limits of a plan, and the range of each. */
export const FIGURES = {
  /** Requests per UTC day. */
  dailyQuota: { unit: 'requests', min: 0, max: 1_000_000_000 },
  burstRequests: { unit: 'requests', min: 1, max: 1_000_000 },
  burstWindowSeconds: { unit: 'seconds', min: 1, max: 3_600 },
  retentionDays: { unit: 'days', min: 1, max: 400 },
  membersMax: { unit: 'members', min: 1, max: 100_000 },
  applicationsMax: { unit: 'apps', min: 0, max: 100_000 },
} as const satisfies Record<string, Figure>;

/** An empty field isn't a number: coercion would turn it into 0. */
const isBlank = (value: unknown) =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

const whole = ({ unit, min, max }: Figure) =>
  z.coerce
    .number({ error: `Enter a number of ${unit}.` })
    .int('Enter a whole number.')
    .min(min, `Enter ${formatNumber(min)} or more.`)
    .max(max, `Enter ${formatNumber(max)} or less.`);

/** A required whole number. */
export const figure = (bounds: Figure) =>
  z.preprocess((value) => (isBlank(value) ? undefined : value), whole(bounds));

/** A whole number, or null for an empty field. */
export const optionalFigure = (bounds: Figure) =>
  z.preprocess((value) => (isBlank(value) ? null : value), whole(bounds).nullable());

/** The limits of a plan. Null means no limit. */
export type PlanFigures = {
  dailyQuota: number;
  burstRequests: number;
  burstWindowSeconds: number;
  retentionDays: number;
  membersMax: number | null;
  applicationsMax: number | null;
};
