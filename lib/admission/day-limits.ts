import type { Environment } from '#lib/credentials/format.ts';

/** Whose calls a limit counts. `non_production` is a team's calls that may not touch its Production reserve. */
export type LimitKind = 'credential' | 'member' | 'application' | 'non_production' | 'team';

/** So many calls a UTC day. */
export type DayLimit = {
  readonly kind: LimitKind;
  /** Under which id the day is counted. */
  readonly subjectId: string;
  /** Tells what a process holds for this limit from everything else it holds. */
  readonly key: string;
  readonly requests: number;
};

export type LimitFigures = {
  readonly environment: Environment;
  readonly teamId: string;
  readonly applicationId: string;
  readonly memberId: string | null;
  readonly dailyQuota: number;
  readonly productionReserve: number;
  readonly applicationCap: number | null;
  readonly memberCap: number | null;
  readonly dailyLimit: number | null;
  /** The first key of a chain of rotations: all of the chain count as one, so a rotation gives nothing anew. */
  readonly rootId: string;
};

/**
 * The limits of the day that a call with this credential must find room in: the most particular first, so that a
 * refusal names what is easiest to change; the team's quota is always last.
 */
export function dayLimits(of: LimitFigures): readonly DayLimit[] {
  const limits: DayLimit[] = [];
  const add = (kind: LimitKind, subjectId: string, requests: number, holder = subjectId) =>
    limits.push({ kind, subjectId, key: `${kind}:${holder}`, requests });
  // Two of a chain that work at the same time share what is held, unless their limits have come to differ.
  if (of.dailyLimit !== null) add('credential', of.rootId, of.dailyLimit, `${of.rootId}/${of.dailyLimit}`);
  if (of.memberId !== null && of.memberCap !== null) add('member', of.memberId, of.memberCap);
  if (of.applicationCap !== null) add('application', of.applicationId, of.applicationCap);
  if (of.environment !== 'production' && of.productionReserve > 0)
    add('non_production', of.teamId, Math.max(0, of.dailyQuota - of.productionReserve));
  add('team', of.teamId, of.dailyQuota);
  return limits;
}
