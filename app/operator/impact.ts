import type { LimitsImpact } from '#lib/teams/retention.ts';

/** The result of an action that asks for confirmation first if it deletes requests or a limit is already exceeded. */
export type Confirmable<T> = { impact: LimitsImpact } | (T & { impact?: undefined });
