import type { Allowance } from './ports.ts';

/** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers): `t` and `w` in seconds. */
export function limitHeaders(allowance: Allowance): string[] {
  const remaining = allowance.ok ? allowance.remaining : 0;
  return [
    'RateLimit-Policy',
    `"daily";q=${allowance.limit};w=86400`,
    'RateLimit',
    `"daily";r=${remaining};t=${allowance.resetSeconds}`,
  ];
}
