import { Card } from '#app/_components/card.tsx';
import { countText, shareText } from '#app/_components/charts/numbers.ts';
import { TimeChart } from '#app/_components/charts/time-chart.tsx';
import { Stat } from '#app/_components/stat.tsx';
import type { Usage } from '#lib/usage/read-usage.ts';
import type { Place } from './place.ts';
import { barsOf } from './request-patterns.tsx';

const percent = (part: number, of: number) => (of === 0 ? 0 : (part / of) * 100);

/** How many of the requests failed, and how many calls the gateway refused. */
export function ErrorRates({ usage, place }: { usage: Usage; place: Place }) {
  const { bars, totals, span, compared } = usage;
  const rate = shareText(totals.errors, totals.requests);
  const refused = shareText(totals.refused, totals.calls);
  return (
    <Card title="Error rates" description="Answers with 4xx or 5xx, calls broken off, and calls refused.">
      <div className="mb-5 grid grid-cols-2 gap-4">
        <Stat
          label="Error rate"
          value={rate}
          hint={
            <>
              {countText(totals.errors)} of {countText(totals.requests)} requests
              {compared && compared.before.requests > 0 && (
                <>; before {shareText(compared.before.errors, compared.before.requests)}</>
              )}
            </>
          }
        />
        <Stat
          label="Refused"
          value={refused}
          hint={`${countText(totals.refused)} of ${countText(totals.calls)} calls`}
        />
      </div>
      <TimeChart
        id="errors"
        title="Error rates"
        summary={`${rate} of the requests failed and ${refused} of all calls were refused.`}
        grain={span.grain}
        bars={barsOf(usage, place, (bar) => [
          ...[shareText(bar.errors, bar.requests), countText(bar.errors)],
          ...[shareText(bar.refused, bar.calls), countText(bar.refused)],
        ])}
        names={['Error rate', 'Errors', 'Refused share', 'Refused']}
        stacks={[
          {
            name: 'Error rate',
            look: 'hatched',
            values: bars.map((bar) => percent(bar.errors, bar.requests)),
          },
        ]}
        lines={[
          {
            ...{ name: 'Refused share', look: 'dotted' },
            values: bars.map((bar) => (bar.calls > 0 ? percent(bar.refused, bar.calls) : null)),
          },
        ]}
        least={1}
        tickText={(value) => `${value}%`}
      />
    </Card>
  );
}
