import type { Reason } from './reasons.ts';

/** What to do about each refusal; the compiler asks for every one of the gateway's. */
export const ADVICE: Record<Reason, string> = {
  key_in_query:
    'Move the key into a header. Treat the one that was sent as leaked: every proxy and server on the way may have logged it. Revoke it and generate a new one.',
  malformed_request: 'Look for a second Host header, an Upgrade header, or a proxy that rewrites requests.',
  missing_credentials:
    'Check that your client really sends the header: many drop Authorization when they follow a redirect to another host.',
  malformed_credentials:
    'Compare with the key as it was shown: nothing before or after it, no quotes, no line break. When you send credentials in two places, they must be the same.',
  invalid_credentials:
    'The pair is unknown, the secret does not belong to it, or the two halves are of different pairs. Copy both again from where you keep them, or generate a new pair.',
  credential_revoked:
    'Generate a new key pair under Access Keys and put it in place of this one. A revoked pair never works again.',
  credential_expired: 'Generate a new key pair, with an expiration that fits how often you rotate.',
  credential_paused:
    'Somebody switched the pair off, or archived its application. An owner or admin can activate it again under Access Keys.',
  member_suspended: 'Ask an owner or admin of your team to activate your account.',
  ip_not_allowed: 'Call from an allowed address, or have the address added to the key pair.',
  ip_unknown:
    'The list of allowed addresses works where the gateway sees who calls: on its own port, or behind proxies that its operator has named in TRUSTED_PROXIES. A key pair without such a list is not refused.',
  domain_not_allowed: 'Call from an allowed site, or have the site added to the key pair.',
  unknown_endpoint:
    "Check method, spelling and the API's name at the beginning of the path. Encoded slashes, dots and doubled slashes lead to no endpoint.",
  method_not_allowed: 'Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.',
  endpoint_not_connected: 'Open the application in the portal, choose Connected APIs, and add the endpoint.',
  environment_not_allowed:
    'Use a Production key pair for this endpoint. Try the others, which take any key, with Development and Staging keys.',
  rate_limited: 'Wait as many seconds as Retry-After says, and spread calls more evenly.',
  key_limit_exceeded: 'Wait until the day ends (UTC), or have the limit of this key pair raised.',
  member_limit_exceeded:
    'Wait until 00:00 UTC, or ask an owner of the team to raise what this member may use of the quota.',
  application_limit_exceeded:
    'Wait until 00:00 UTC, or ask an owner of the team to raise what this application may use of the quota.',
  production_reserved:
    'Wait until 00:00 UTC, use a Production key pair, or ask an owner of the team to reserve less for Production.',
  quota_exceeded:
    'Wait as many seconds as Retry-After says: the quota starts anew at 00:00 UTC. The provider of the API can raise it.',
  body_too_large: 'Send less at once, or ask the provider of the API to raise the limit.',
  metering_unavailable: 'Try again after Retry-After. The call was not forwarded, so repeating it is safe.',
  temporarily_unavailable:
    'Try again after Retry-After. The call was not forwarded, so repeating it is safe.',
  internal_error: 'Try again. If it stays, tell the provider the request id.',
  upstream_unreachable:
    'The API itself is down or answers nonsense. Try again later; when a connection was made the call may have had an effect.',
  upstream_redirect:
    'The API redirects to another host, which the gateway does not do for you. Ask the provider for the final address.',
  upstream_timeout:
    'The API took too long. It may still have done what you asked: check before repeating a call that changes something.',
};

/** Failures after the call was forwarded draw on the quota, as any forwarded call does. */
export const COUNTS: ReadonlySet<Reason> = new Set([
  'upstream_redirect',
  'upstream_timeout',
  'upstream_unreachable',
]);
