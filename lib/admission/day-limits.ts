import type { Environment } from '#lib/credentials/format.ts';

/** Whose requests a limit counts. `non_production` counts a team's requests that can't use its Production reserve. */
export type LimitKind = 'credential' | 'member' | 'application' | 'non_production' | 'team';

/** A number of requests per UTC day. */
export type DayLimit = {
  readonly kind: LimitKind;
  /** ID that the day is counted under. */
  readonly subjectId: string;
  /** Identifies what a process holds for this limit. */
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
  /** The first key of a rotation chain. The chain counts as one key, so a rotation doesn't reset the limit. */
  readonly rootId: string;
};

/**
 * The daily limits of a credential, the most specific first, so that a refusal names the one that is easiest to change. The
 * team's quota is always last.
 */
export function dayLimits(of: LimitFigures): readonly DayLimit[] {
  const limits: DayLimit[] = [];
  const add = (kind: LimitKind, subjectId: string, requests: number, holder = subjectId) =>
    limits.push({ kind, subjectId, key: `${kind}:${holder}`, requests });
  // Two active keys of a chain share what is held, unless their limits differ.
  if (of.dailyLimit !== null) add('credential', of.rootId, of.dailyLimit, `${of.rootId}/${of.dailyLimit}`);
  if (of.memberId !== null && of.memberCap !== null) add('member', of.memberId, of.memberCap);
  if (of.applicationCap !== null) add('application', of.applicationId, of.applicationCap);
  if (of.environment !== 'production' && of.productionReserve > 0)
    add('non_production', of.teamId, Math.max(0, of.dailyQuota - of.productionReserve));
  add('team', of.teamId, of.dailyQuota);
  return limits;
}
