import type { Burst, DayAllowance } from './ports.ts';

const policies = new Map<string, string>();
const POLICIES_MAX = 1_000;

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers), `t` and `w` in seconds. `"daily"` is the daily
 * limit with the least remaining: of the key, its member, its app or its team. It's omitted when the burst limit rejected
 * the request, because the daily limits weren't checked.
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

// Consecutive requests often have the same limits. Their text is reused.
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
