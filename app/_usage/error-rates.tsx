import { Card } from '#app/_components/card.tsx';
import { shareText } from '#app/_components/charts/numbers.ts';
import { TimeChart } from '#app/_components/charts/time-chart.tsx';
import { Stat } from '#app/_components/stat.tsx';
import { formatCount, formatNumber } from '#lib/format.ts';
import type { Usage } from '#lib/usage/read-usage.ts';
import type { Place } from './place.ts';
import { barsOf } from './request-patterns.tsx';

const percent = (part: number, of: number) => (of === 0 ? 0 : (part / of) * 100);

/** The share of requests that failed, and the share that the gateway rejected. */
export function ErrorRates({ usage, place }: { usage: Usage; place: Place }) {
  const { bars, totals, span, compared } = usage;
  const rate = shareText(totals.errors, totals.requests);
  const rejected = shareText(totals.refused, totals.calls);
  return (
    <Card
      title="Error rates"
      description="Responses with 4xx or 5xx, incomplete requests, and rejected requests."
    >
      <div className="mb-5 grid grid-cols-2 gap-4">
        <Stat
          label="Error rate"
          value={rate}
          hint={
            <>
              {formatNumber(totals.errors)} of {formatNumber(totals.requests)} requests
              {compared && compared.before.requests > 0 && (
                <>; previous period {shareText(compared.before.errors, compared.before.requests)}</>
              )}
            </>
          }
        />
        <Stat
          label="Rejected"
          value={rejected}
          hint={`${formatNumber(totals.refused)} of all ${formatCount(totals.calls, 'request')}`}
        />
      </div>
      <TimeChart
        id="errors"
        title="Error rates"
        summary={`${rate} of the requests failed, and ${rejected} of all requests were rejected.`}
        grain={span.grain}
        bars={barsOf(usage, place, (bar) => [
          ...[shareText(bar.errors, bar.requests), formatNumber(bar.errors)],
          ...[shareText(bar.refused, bar.calls), formatNumber(bar.refused)],
        ])}
        names={['Error rate', 'Errors', 'Rejection rate', 'Rejected']}
        stacks={[
          {
            name: 'Error rate',
            look: 'hatched',
            values: bars.map((bar) => percent(bar.errors, bar.requests)),
          },
        ]}
        lines={[
          {
            ...{ name: 'Rejection rate', look: 'dotted' },
            values: bars.map((bar) => (bar.calls > 0 ? percent(bar.refused, bar.calls) : null)),
          },
        ]}
        least={1}
        tickText={(value) => `${value}%`}
      />
    </Card>
  );
}
