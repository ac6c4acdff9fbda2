/** Where in the portal a member can fix what caused a refusal. */
export type Fix =
  | 'restrictions'
  | 'key_limit'
  | 'rotation'
  | 'activation'
  | 'new_key'
  | 'members'
  | 'connected_apis'
  | 'api_docs'
  | 'team_limits';

type Entry = {
  readonly status: number;
  readonly title: string;
  /** What happened. Sent to the client. */
  readonly detail: string;
  /** What to do next. Shown in the docs, the request log and the tester. */
  readonly advice: string;
  readonly fix?: Fix;
  /** Counts toward the quota once the request has been forwarded. All other refusals never count. */
  readonly counted?: true;
  /** The caller isn't known at this point, so the refusal is in no team's request log. */
  readonly anonymous?: true;
};

/**
 * Every refusal of the gateway: its HTTP status, its texts and where to fix it. The key is the problem's `code` and the
 * last segment of its `type` URL (RFC 9457).
 */
export const REASONS = {
  key_in_query: {
    status: 400,
    title: 'Key in the query string',
    detail: 'Send credentials in headers, not in the URL. URLs are logged by every server they pass through.',
    advice:
      'Move the key to a header. Treat the key you sent as leaked: proxies and servers on the way may have logged it. Revoke it and create a new one.',
    anonymous: true,
  },
  malformed_request: {
    status: 400,
    title: 'Malformed request',
    detail: 'The request is not valid HTTP, or uses a feature that the gateway does not support.',
    advice:
      'Check for a repeated or invalid Host header, an Upgrade header, or a proxy that rewrites requests.',
    anonymous: true,
  },
  missing_credentials: {
    status: 401,
    title: 'Missing credentials',
    detail:
      'Send your API key with HTTP Basic, with X-Shared-Key and X-Secret-Key, or send the secret key alone as a Bearer token or in X-API-Key.',
    advice:
      'Check that your client sends the header. Many clients drop Authorization when they follow a redirect to another host.',
    anonymous: true,
  },
  malformed_credentials: {
    status: 401,
    title: 'Malformed credentials',
    detail: "The credentials don't have the format of an API key, or they contradict each other.",
    advice:
      'Compare the key with the one you were shown. Remove extra spaces, quotes and line breaks. If you send credentials in two places, they must match.',
    anonymous: true,
  },
  invalid_credentials: {
    status: 401,
    title: 'Invalid credentials',
    detail: 'These credentials are not valid.',
    advice:
      "The key doesn't exist, the secret key is wrong, or the shared key and the secret key belong to different API keys. Copy both again, or create a new API key.",
    anonymous: true,
  },
  credential_revoked: {
    status: 401,
    title: 'API key revoked',
    detail: 'This API key has been revoked permanently. Use another one.',
    advice:
      'Create a new API key under Access Keys and replace this one. A revoked key can never be used again.',
    fix: 'new_key',
  },
  credential_expired: {
    status: 401,
    title: 'API key expired',
    detail: 'This API key has expired. Create a new one.',
    advice: 'Create a new API key. Choose an expiration that matches how often you rotate keys.',
    fix: 'rotation',
  },
  credential_paused: {
    status: 401,
    title: 'API key inactive',
    detail: 'This API key is paused, or its app is archived. You can activate it again in the portal.',
    advice:
      'Someone paused the key or archived its app. An owner or admin can activate it again under Access Keys.',
    fix: 'activation',
  },
  member_suspended: {
    status: 401,
    title: 'Member suspended',
    detail: 'The member this API key belongs to is suspended from the team.',
    advice: 'Ask an owner or admin of your team to reactivate the member.',
    fix: 'members',
  },
  ip_not_allowed: {
    status: 403,
    title: 'IP address not allowed',
    detail: "The request's IP address isn't allowed for this API key.",
    advice: "Send the request from an allowed IP address, or add the address to the key's allowed IPs.",
    fix: 'restrictions',
  },
  ip_unknown: {
    status: 403,
    title: 'IP address unknown',
    detail:
      "This API key is restricted to certain IP addresses, and the gateway can't determine the address of this request. Send it to the gateway's own port, or ask the operator to list the proxies in front of the gateway.",
    advice:
      "Allowed IPs work on the gateway's own port, or behind proxies that the operator has listed in TRUSTED_PROXIES. Keys without allowed IPs are not affected.",
    fix: 'restrictions',
  },
  domain_not_allowed: {
    status: 403,
    title: 'Domain not allowed',
    detail: "The request's origin isn't one of the allowed domains of this API key.",
    advice: "Send the request from an allowed domain, or add the domain to the key's allowed domains.",
    fix: 'restrictions',
  },
  origin_not_allowed: {
    status: 403,
    title: 'Origin not allowed',
    detail: 'No API key allows web pages of this origin to use this API.',
    advice:
      "Add the page's domain to the allowed domains of the key that the page uses, and connect the key's app to the API. The API provider can turn off browser access.",
    anonymous: true,
  },
  uri_too_long: {
    status: 414,
    title: 'URL too long',
    detail: 'The path and the query are longer than 8,192 bytes.',
    advice: 'Send less in the query. If the API allows it, send the data in the body of a POST request.',
    fix: 'api_docs',
  },
  unroutable_path: {
    status: 400,
    title: 'Unroutable path',
    detail:
      "The path can't be routed. It contains a dot segment, a double slash, a backslash, an encoded control character, an incomplete percent-encoding or a character that must be encoded, or it doesn't begin with the name of an API.",
    advice:
      'Begin the path with the name of the API, remove empty and dot segments, and percent-encode parameter values.',
    fix: 'api_docs',
  },
  unknown_endpoint: {
    status: 404,
    title: 'Unknown endpoint',
    detail: 'No endpoint in the catalog matches this method and path.',
    advice:
      'Check the method, the path and the API name at the start of the path. Paths with encoded slashes, dot segments or double slashes never match.',
    fix: 'api_docs',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    detail: 'The gateway does not support this HTTP method.',
    advice: 'Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.',
    fix: 'api_docs',
  },
  endpoint_not_connected: {
    status: 403,
    title: 'Endpoint not connected',
    detail: "This endpoint exists, but it isn't connected to your app. Connect it under Connected APIs.",
    advice: 'Open the app in the portal, go to Connected APIs, and add the endpoint.',
    fix: 'connected_apis',
  },
  environment_not_allowed: {
    status: 403,
    title: 'Environment not allowed',
    detail: 'This endpoint accepts Production keys only, and this API key is for another environment.',
    advice:
      'Use a Production key for this endpoint. Development and Staging keys work for all other endpoints.',
    fix: 'new_key',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    detail: 'Your team has reached its burst limit. Retry-After says how many seconds to wait.',
    advice: 'Wait for the number of seconds in Retry-After, and spread your requests more evenly.',
    fix: 'team_limits',
  },
  concurrency_limited: {
    status: 429,
    title: 'Too many concurrent requests',
    detail: 'Your team has too many requests in progress to this API. Wait for some of them to finish.',
    advice:
      'Send fewer requests at the same time, and retry after the number of seconds in Retry-After. The request was not forwarded, so it is safe to repeat.',
  },
  key_limit_exceeded: {
    status: 429,
    title: "API key's daily limit reached",
    detail: 'This API key has reached its daily limit. It resets at 00:00 UTC.',
    advice: "Wait until 00:00 UTC, or raise the key's daily limit.",
    fix: 'key_limit',
  },
  member_limit_exceeded: {
    status: 429,
    title: "Member's daily limit reached",
    detail: 'The member this API key belongs to has reached their daily limit. It resets at 00:00 UTC.',
    advice: "Wait until 00:00 UTC, or ask an owner of the team to raise the member's daily limit.",
    fix: 'team_limits',
  },
  application_limit_exceeded: {
    status: 429,
    title: "App's daily limit reached",
    detail: 'This app has reached its daily limit. It resets at 00:00 UTC.',
    advice: "Wait until 00:00 UTC, or ask an owner of the team to raise the app's daily limit.",
    fix: 'team_limits',
  },
  production_reserved: {
    status: 429,
    title: 'Remaining quota reserved for Production',
    detail: "The rest of your team's daily quota is reserved for Production keys. It resets at 00:00 UTC.",
    advice:
      'Wait until 00:00 UTC, use a Production key, or ask an owner of the team to lower the Production reserve.',
    fix: 'team_limits',
  },
  quota_exceeded: {
    status: 429,
    title: 'Daily quota reached',
    detail: 'Your team has used its daily quota. It resets at 00:00 UTC.',
    advice:
      'Wait for the number of seconds in Retry-After. The quota resets at 00:00 UTC. The API provider can raise it.',
    fix: 'team_limits',
  },
  body_too_large: {
    status: 413,
    title: 'Request body too large',
    detail: 'The request body is larger than the gateway accepts.',
    advice: 'Send less data per request, or ask the API provider to raise the limit.',
  },
  metering_unavailable: {
    status: 503,
    title: 'Metering unavailable',
    detail: "The request couldn't be recorded, so it was not forwarded. Try again shortly.",
    advice:
      'Try again after the number of seconds in Retry-After. The request was not forwarded, so it is safe to repeat.',
  },
  temporarily_unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    detail: "The credentials can't be checked right now. Try again shortly.",
    advice:
      'Try again after the number of seconds in Retry-After. The request was not forwarded, so it is safe to repeat.',
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong in the gateway. The request was not forwarded.',
    advice: 'Try again. If the error persists, contact the API provider and include the request ID.',
  },
  upstream_unreachable: {
    status: 502,
    title: 'Upstream unreachable',
    detail: 'The API behind the gateway did not return a valid response.',
    advice:
      'The API is down or returned an invalid response. Try again later. If a connection was made, the request may have had an effect.',
    counted: true,
  },
  upstream_redirect: {
    status: 502,
    title: 'Upstream redirect not allowed',
    detail:
      "The API redirected to a URL outside its base URL. The gateway doesn't follow or pass on such redirects.",
    advice: 'Ask the API provider for the final URL, or to allow redirects to that host.',
    counted: true,
  },
  upstream_timeout: {
    status: 504,
    title: 'Upstream timeout',
    detail: 'The API behind the gateway did not respond in time.',
    advice:
      'The API may still have processed the request. Check before you repeat a request that changes something.',
    counted: true,
  },
} as const satisfies Record<string, Entry>;

export type Reason = keyof typeof REASONS;

export const REASON_CODES = Object.keys(REASONS) as Reason[]; // The keys are the type.

/** The entry of a reason, with its optional fields. */
export const reasonEntry = (reason: Reason): Entry => REASONS[reason];

/** Whether a recorded code is one of ours. A record may come from another version. */
export const isReason = (code: string): code is Reason => Object.hasOwn(REASONS, code);

/** A recorded reason as text: its title, its code and what it means. Unknown codes are returned as they are. */
export function describeReason(code: string): string {
  if (!isReason(code)) return code;
  const { title, detail } = REASONS[code];
  return `${title} (${code}). ${detail}`;
}

/** The refusal for each daily limit. */
export const LIMIT_REASONS = {
  credential: 'key_limit_exceeded',
  member: 'member_limit_exceeded',
  application: 'application_limit_exceeded',
  non_production: 'production_reserved',
  team: 'quota_exceeded',
} as const satisfies Record<string, Reason>;
