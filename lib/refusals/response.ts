import { REASONS, type Reason } from './reasons.ts';

/** Retry-After of a 503, in seconds. */
export const RETRY_SECONDS = 2;

const CHALLENGE = 'Basic realm="latchkey", charset="UTF-8", Bearer realm="latchkey"';

export type RefusalContext = {
  portalUrl: string;
  requestId: string;
  /** RateLimit headers, if a limit was checked. */
  limitHeaders?: readonly string[];
  /** WWW-Authenticate of a 401, if the API doesn't accept Basic and Bearer. */
  challenge?: string;
  /** The limit behind a 429, and the seconds until a retry can succeed. */
  limit?: { requests: number; windowSeconds: number; retryAfterSeconds: number } | undefined;
};

type RefusalResponse = { status: number; headers: string[]; body: Buffer };

/** The complete response to a rejected request: problem details (RFC 9457) and the headers its status requires. */
export function refusalResponse(reason: Reason, context: RefusalContext): RefusalResponse {
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
  if (status === 401) headers.push('WWW-Authenticate', context.challenge ?? CHALLENGE);
  if (status === 405) headers.push('Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
  if (context.limitHeaders) headers.push(...context.limitHeaders);
  if (status === 429) headers.push('Retry-After', String(Math.max(1, limit?.retryAfterSeconds ?? 1)));
  if (status === 503) headers.push('Retry-After', String(RETRY_SECONDS));
  return { status, headers, body };
}
