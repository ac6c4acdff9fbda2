/**
 * Every way the gateway says no, and how: the one table from reason to answer. A refusal never draws on the quota; an
 * `upstream_…` does once the call was forwarded. The code is the last segment of the problem's `type` URL (RFC 9457).
 */
export const REASONS = {
  key_in_query: {
    status: 400,
    title: 'Key in the query string',
    detail: 'Send credentials in headers: addresses are logged by every machine on the way.',
  },
  malformed_request: {
    status: 400,
    title: 'Malformed request',
    detail: 'The request breaks a rule of HTTP that the gateway insists on.',
  },
  missing_credentials: {
    status: 401,
    title: 'Missing credentials',
    detail:
      'Send your key pair as HTTP Basic, as X-Shared-Key and X-Secret-Key, or the secret key alone as a Bearer token or X-API-Key.',
  },
  malformed_credentials: {
    status: 401,
    title: 'Malformed credentials',
    detail: 'The credentials do not have the form of a Latchkey key pair, or contradict each other.',
  },
  invalid_credentials: {
    status: 401,
    title: 'Invalid credentials',
    detail: 'These credentials are not valid.',
  },
  credential_revoked: {
    status: 401,
    title: 'Credential revoked',
    detail: 'This key pair has been revoked. Use another one.',
  },
  credential_expired: {
    status: 401,
    title: 'Credential expired',
    detail: 'This key pair has reached its expiration date. Generate a new one.',
  },
  credential_paused: {
    status: 401,
    title: 'Credential inactive',
    detail: 'This key pair, or its application, is paused. It can be activated again in the portal.',
  },
  member_suspended: {
    status: 401,
    title: 'Member suspended',
    detail: 'The member whose key this is has no access to the team at present.',
  },
  ip_not_allowed: {
    status: 403,
    title: 'Address not allowed',
    detail: "Your address is not on this key pair's list of allowed addresses.",
  },
  ip_unknown: {
    status: 403,
    title: 'Address not known',
    detail:
      'This key pair has a list of allowed addresses, and the gateway cannot tell yours here. Call the gateway on its own port, or ask its operator to name the proxies in front of it.',
  },
  domain_not_allowed: {
    status: 403,
    title: 'Domain not allowed',
    detail: "The calling site is not on this key pair's list of allowed domains.",
  },
  unknown_endpoint: {
    status: 404,
    title: 'Unknown endpoint',
    detail: 'No endpoint of the catalog answers to this method and path.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    detail: 'The gateway does not carry this method.',
  },
  endpoint_not_connected: {
    status: 403,
    title: 'Endpoint not connected',
    detail:
      'This endpoint exists, but is not connected to your application. Connect it under Connected APIs.',
  },
  environment_not_allowed: {
    status: 403,
    title: 'Environment not allowed',
    detail: 'This endpoint takes Production keys only, and this key pair is of another environment.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    detail: "Slow down: your team's burst limit is reached. Retry-After says when the next call has room.",
  },
  key_limit_exceeded: {
    status: 429,
    title: "Key's daily limit reached",
    detail: "This key pair's own limit for the day is reached. It returns at 00:00 UTC.",
  },
  member_limit_exceeded: {
    status: 429,
    title: "Member's daily limit reached",
    detail:
      'What the member whose key this is may use of the quota is used up for the day. It returns at 00:00 UTC.',
  },
  application_limit_exceeded: {
    status: 429,
    title: "Application's daily limit reached",
    detail: 'What this application may use of the quota is used up for the day. It returns at 00:00 UTC.',
  },
  production_reserved: {
    status: 429,
    title: 'Rest of the quota kept for Production',
    detail:
      "What is left of your team's quota for this day is kept for Production keys. It returns at 00:00 UTC.",
  },
  quota_exceeded: {
    status: 429,
    title: 'Daily quota reached',
    detail: "Your team's quota for this day is used up. It returns at 00:00 UTC.",
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    detail: 'The request body is larger than the gateway carries.',
  },
  metering_unavailable: {
    status: 503,
    title: 'Metering unavailable',
    detail: 'The call could not be recorded, so it was not forwarded. Try again shortly.',
  },
  temporarily_unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    detail: 'The credentials can not be checked right now. Try again shortly.',
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong in the gateway. The call was not forwarded.',
  },
  upstream_unreachable: {
    status: 502,
    title: 'Upstream unreachable',
    detail: 'The API behind the gateway did not give a usable answer.',
  },
  upstream_redirect: {
    status: 502,
    title: 'Upstream redirected elsewhere',
    detail:
      'The API answered with a redirect that leaves it. The gateway does not follow or pass on such answers.',
  },
  upstream_timeout: {
    status: 504,
    title: 'Upstream timeout',
    detail: 'The API behind the gateway did not answer in time.',
  },
} as const satisfies Record<string, { status: number; title: string; detail: string }>;

export type Reason = keyof typeof REASONS;

/** What a call is told when a limit of the day has no room for it. */
export const LIMIT_REASONS = {
  credential: 'key_limit_exceeded',
  member: 'member_limit_exceeded',
  application: 'application_limit_exceeded',
  non_production: 'production_reserved',
  team: 'quota_exceeded',
} as const satisfies Record<string, Reason>;

/** Seconds after which a 503 may be tried again. */
export const RETRY_SECONDS = 2;

export type RefusalContext = {
  portalUrl: string;
  requestId: string;
  /** RateLimit fields, where a limit was looked at. */
  limitHeaders?: readonly string[];
  /** The limit behind a 429, and the seconds until it makes sense to try again. */
  limit?: { requests: number; windowSeconds: number; retryAfterSeconds: number };
};

type RefusalAnswer = { status: number; headers: string[]; body: Buffer };

/** The whole answer to a refused call: problem+json, and the headers its status asks for. */
export function refusalAnswer(reason: Reason, context: RefusalContext): RefusalAnswer {
  const { status, title, detail } = REASONS[reason];
  const { limit } = context;
  const body = Buffer.from(
    JSON.stringify({
      type: `${context.portalUrl}/docs/errors/${reason}`,
      title,
      status,
      detail,
      code: reason,
      request_id: context.requestId,
      ...(limit && {
        limit: {
          requests: limit.requests,
          window_seconds: limit.windowSeconds,
          retry_after_seconds: Math.max(1, limit.retryAfterSeconds),
        },
      }),
    }),
  );
  const headers = [
    'Content-Type',
    'application/problem+json',
    'Content-Length',
    String(body.length),
    'Cache-Control',
    'no-store',
    'X-Content-Type-Options',
    'nosniff',
    'X-Request-Id',
    context.requestId,
  ];
  if (status === 401)
    headers.push('WWW-Authenticate', 'Basic realm="latchkey", charset="UTF-8", Bearer realm="latchkey"');
  if (status === 405) headers.push('Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
  if (context.limitHeaders) headers.push(...context.limitHeaders);
  if (status === 429) headers.push('Retry-After', String(Math.max(1, limit?.retryAfterSeconds ?? 1)));
  if (status === 503) headers.push('Retry-After', String(RETRY_SECONDS));
  return { status, headers, body };
}
