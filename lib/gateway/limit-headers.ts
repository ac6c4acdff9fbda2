import type { Allowance } from './ports.ts';

const policies = new Map<number, string>();

/** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers): `t` and `w` in seconds. */
export function limitHeaders(allowance: Allowance): string[] {
  const remaining = allowance.ok ? allowance.remaining : 0;
  return [
    'RateLimit-Policy',
    policyOf(allowance.limit),
    'RateLimit',
    `"daily";r=${remaining};t=${allowance.resetSeconds}`,
  ];
}

function policyOf(limit: number): string {
  let policy = policies.get(limit);
  if (policy === undefined) {
    if (policies.size > 1_000) policies.clear();
    policy = `"daily";q=${limit};w=86400`;
    policies.set(limit, policy);
  }
  return policy;
}
