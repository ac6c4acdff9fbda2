import type { Burst, DayAllowance } from './ports.ts';

const policies = new Map<string, string>();
const POLICIES_MAX = 1_000;

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers): `t` and `w` in seconds. `"daily"` is the
 * limit of the day that has least left for this key: its own, its member's, its application's, or the team's. What a
 * burst refused was not asked of the day, so nothing is said of it.
 */
export function limitHeaders(burst: Burst, day: DayAllowance | null): string[] {
  const now = `"burst";r=${burst.remaining};t=${burst.resetSeconds}`;
  return [
    'RateLimit-Policy',
    policyOf(burst.requests, burst.windowSeconds, day === null ? -1 : day.limit),
    'RateLimit',
    day === null ? now : `${now}, "daily";r=${day.ok ? day.remaining : 0};t=${day.resetSeconds}`,
  ];
}

// Most calls in a row are of teams with the same figures: no text is put together for them.
let last = { requests: -1, windowSeconds: -1, daily: -1, policy: '' };

function policyOf(requests: number, windowSeconds: number, daily: number): string {
  if (last.requests === requests && last.windowSeconds === windowSeconds && last.daily === daily)
    return last.policy;
  const key = `${requests}/${windowSeconds}/${daily}`;
  let policy = policies.get(key);
  if (policy === undefined) {
    if (policies.size > POLICIES_MAX) policies.clear();
    policy = `"burst";q=${requests};w=${windowSeconds}`;
    if (daily >= 0) policy += `, "daily";q=${daily};w=86400`;
    policies.set(key, policy);
  }
  last = { requests, windowSeconds, daily, policy };
  return policy;
}
