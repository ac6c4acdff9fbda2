import Link from 'next/link';
import { ErrorLink } from './authentication.tsx';

/** What all APIs behind the gateway have in common: limits, their headers, and errors. */
export function Limits() {
  return (
    <section aria-labelledby="limits" className="flex min-w-0 flex-col gap-2">
      <h2 id="limits" className="text-lg font-semibold">
        Limits and errors
      </h2>
      <ul className="flex list-disc flex-col gap-1.5 pl-6">
        <li>
          Every request that reaches the API counts toward your team’s daily quota, which resets at 00:00 UTC.
          The <code>RateLimit</code> and <code>RateLimit-Policy</code> headers of each response show what’s
          remaining.
        </li>
        <li>
          If you exceed a limit, you get a 429 response with <code>Retry-After</code>: see{' '}
          <ErrorLink code="quota_exceeded" />, <ErrorLink code="key_limit_exceeded" /> and{' '}
          <ErrorLink code="rate_limited" />.
        </li>
        <li>
          Only apps that are connected to an endpoint can call it: <ErrorLink code="endpoint_not_connected" />
          .
        </li>
        <li>
          Gateway errors are problem details (RFC 9457) with a stable <code>code</code>.{' '}
          <Link href="/docs/errors" className="text-accent underline underline-offset-4">
            All error codes
          </Link>
          . They don’t count toward the quota.
        </li>
        <li>
          Every response has an <code>X-Request-Id</code> header. Use it to find the request in your Request
          Logs.
        </li>
      </ul>
    </section>
  );
}
