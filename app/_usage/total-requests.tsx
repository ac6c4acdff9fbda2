import Link from 'next/link';
import { Card } from '#app/_components/card.tsx';
import { shareText } from '#app/_components/charts/numbers.ts';
import { DateTime } from '#app/_components/date-time.tsx';
import { Stat } from '#app/_components/stat.tsx';
import { formatCount, formatNumber } from '#lib/format.ts';
import type { Usage } from '#lib/usage/read-usage.ts';
import type { Grain } from '#lib/usage/usage-span.ts';
import { type Place, rangeText } from './place.ts';

/** The total of the time range, compared with the previous one. */
export function TotalRequests({ usage, place }: { usage: Usage; place: Place }) {
  const { totals, open, asOf, span } = usage;
  const uncounted = totals.calls - totals.requests - totals.refused;
  return (
    <Card
      title="Total requests"
      description={`In the ${rangeText(span)}.`}
      actions={
        <Link
          href={place.log(span.from, span.to)}
          prefetch={false}
          className="text-sm underline underline-offset-4"
        >
          View requests
        </Link>
      }
    >
      <div className="text-2xl font-semibold tabular-nums">{formatNumber(totals.requests)}</div>
      <p className="mt-1 min-h-6 text-muted">
        <Change usage={usage} />
      </p>
      <div className="mt-4 grid grid-cols-2 gap-4 sm:grid-cols-3">
        <Stat
          label="Errors"
          value={formatNumber(totals.errors)}
          hint={totals.requests > 0 && shareText(totals.errors, totals.requests)}
        />
        <Stat
          label="Rejected"
          value={formatNumber(totals.refused)}
          hint={totals.calls > 0 && `${shareText(totals.refused, totals.calls)} of all requests`}
        />
        {uncounted > 0 && (
          <Stat
            label="Not counted"
            value={formatNumber(uncounted)}
            hint="The API didn’t respond. These don’t count toward your quota."
          />
        )}
      </div>
      <p className="mt-4 text-sm text-muted">
        As of <DateTime value={asOf} format="seconds" />. Requests are counted a few seconds after they
        finish.
        {open > 0 && ` ${formatCount(open, 'request is', 'requests are')} in progress.`}
      </p>
    </Card>
  );
}

const GRAIN_NAMES: Record<Grain, string> = {
  minute: 'minute',
  quarter: 'quarter of an hour',
  hour: 'hour',
  day: 'day',
  month: 'month',
};

function Change({ usage: { compared, bars, span } }: { usage: Usage }) {
  if (!compared) return null;
  const { requests, before } = compared;
  const running = bars.some((bar) => !bar.complete);
  const without = running ? `, not counting the current ${GRAIN_NAMES[span.grain]}` : '';
  if (before.requests === 0) return 'No requests in the previous period.';
  if (requests === before.requests) return `Same as the previous period${without}.`;
  const direction = requests > before.requests ? 'more' : 'fewer';
  const by = shareText(Math.abs(requests - before.requests), before.requests);
  return (
    <>
      <span className="font-medium text-ink">
        {by} {direction}
      </span>{' '}
      than in the previous period ({formatNumber(before.requests)}){without}.
    </>
  );
}
