import Link from 'next/link';
import { Card } from '#app/_components/card.tsx';
import { countText, shareText } from '#app/_components/charts/numbers.ts';
import { DateTime } from '#app/_components/date-time.tsx';
import { Stat } from '#app/_components/stat.tsx';
import type { Usage } from '#lib/usage/read-usage.ts';
import type { Grain } from '#lib/usage/usage-span.ts';
import { type Place, rangeWords } from './place.ts';

/** Of the range, against the one before, as of when. */
export function TotalRequests({ usage, place }: { usage: Usage; place: Place }) {
  const { totals, open, asOf, span } = usage;
  const uncounted = totals.calls - totals.requests - totals.refused;
  return (
    <Card
      title="Total requests"
      description={`In the ${rangeWords(span)}.`}
      actions={
        <Link
          href={place.log(span.from, span.to)}
          prefetch={false}
          className="text-sm underline underline-offset-4"
        >
          View calls
        </Link>
      }
    >
      <div className="text-2xl font-semibold tabular-nums">{countText(totals.requests)}</div>
      <p className="mt-1 min-h-6 text-muted">
        <Change usage={usage} />
      </p>
      <div className="mt-4 grid grid-cols-2 gap-4 sm:grid-cols-3">
        <Stat
          label="Errors"
          value={countText(totals.errors)}
          hint={totals.requests > 0 && shareText(totals.errors, totals.requests)}
        />
        <Stat
          label="Refused"
          value={countText(totals.refused)}
          hint={totals.calls > 0 && `${shareText(totals.refused, totals.calls)} of all calls`}
        />
        {uncounted > 0 && (
          <Stat
            label="Not counted"
            value={countText(uncounted)}
            hint="No answer from the API: they cost nothing"
          />
        )}
      </div>
      <p className="mt-4 text-sm text-muted">
        As of <DateTime value={asOf} format="seconds" />. Calls count seconds after they end
        {open > 0 &&
          `; ${countText(open)} ${open === 1 ? 'is' : 'are'} still waiting for ${open === 1 ? 'its' : 'their'} answer`}
        .
      </p>
    </Card>
  );
}

const RUNNING: Record<Grain, string> = {
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
  const without = running ? `, without the ${RUNNING[span.grain]} that is still running` : '';
  if (before.requests === 0) return 'The period before had none.';
  if (requests === before.requests) return `As many as in the period before${without}.`;
  const words = requests > before.requests ? 'more' : 'fewer';
  const by = shareText(Math.abs(requests - before.requests), before.requests);
  return (
    <>
      <span className="font-medium text-ink">
        {by} {words}
      </span>{' '}
      than in the period before ({countText(before.requests)}){without}.
    </>
  );
}
