import { isNeverForwarded } from './header-policy.ts';

/** A client sends its API key in one of these, and the upstream must not see it. */
const KEY = new Set(['authorization', 'x-api-key', 'x-shared-key', 'x-secret-key']);
const CONNECTION =
  /^(?:connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade)$/;

/** Why the gateway doesn't forward a header from the client, or null if it does. */
export function whyNotForwarded(given: string): string | null {
  const name = given.toLowerCase();
  if (KEY.has(name)) return 'it carries the client’s API key';
  if (!isNeverForwarded(name)) return null;
  if (name === 'cookie') return 'cookies stay at the gateway';
  if (CONNECTION.test(name)) return 'it belongs to one connection';
  return /^[a-z0-9-]+$/.test(name)
    ? 'the gateway or a proxy sets it'
    : 'servers can mistake one of its characters for a hyphen';
}
