import Link from 'next/link';
import { ErrorLink } from './authentication.tsx';

/** What every API behind the gateway has in common: limits, their headers, refusals. */
export function Limits() {
  return (
    <section aria-labelledby="limits" className="flex min-w-0 flex-col gap-2">
      <h2 id="limits" className="text-lg font-semibold">
        Limits and errors
      </h2>
      <ul className="flex list-disc flex-col gap-1.5 pl-6">
        <li>
          Every call that is passed on counts against your team's daily quota, which starts anew at 00:00 UTC.
          The <code>RateLimit</code> and <code>RateLimit-Policy</code> headers of each answer say what is
          left.
        </li>
        <li>
          Over a limit the answer is 429 with <code>Retry-After</code>: see{' '}
          <ErrorLink code="quota_exceeded" />, <ErrorLink code="key_limit_exceeded" /> and{' '}
          <ErrorLink code="rate_limited" />.
        </li>
        <li>
          An endpoint answers only to apps that are connected to it:{' '}
          <ErrorLink code="endpoint_not_connected" />.
        </li>
        <li>
          Refusals are problem details (RFC 9457) with a <code>code</code> that stays the same.{' '}
          <Link href="/docs/errors" className="text-accent underline underline-offset-4">
            All error codes
          </Link>
          . They do not count.
        </li>
        <li>
          Every answer carries <code>X-Request-Id</code>. With it you find the call in your Request Logs.
        </li>
      </ul>
    </section>
  );
}
