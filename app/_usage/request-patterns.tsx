import { Card } from '#app/_components/card.tsx';

import { barText } from '#app/_components/charts/span-text.ts';
import { TimeChart } from '#app/_components/charts/time-chart.tsx';
import { formatCompact, formatCount, formatNumber } from '#lib/format.ts';
import type { Usage } from '#lib/usage/read-usage.ts';
import type { UsageBar } from '#lib/usage/types.ts';
import { ExportLink } from './export-link.tsx';
import type { Place } from './place.ts';

/** Requests over time. */
export function RequestPatterns({ usage, place }: { usage: Usage; place: Place }) {
  const { bars, totals, span, compared } = usage;
  const busiest = bars.reduce((most, bar) => (bar.requests > most.requests ? bar : most), bars[0]!); // Never without bars.
  return (
    <Card
      title="Request patterns"
      description={`Requests per ${GRAIN_NAMES[span.grain]}. Select a bar to see its requests.`}
      actions={<ExportLink place={place} table="time" of="requests over time" />}
    >
      <TimeChart
        id="patterns"
        title="Request patterns"
        summary={`${formatCount(totals.requests, 'request')}, ${formatNumber(totals.errors)} failed. The maximum is ${formatNumber(busiest.requests)}, on ${barText(busiest.start, span.grain, 'UTC')}.`}
        grain={span.grain}
        bars={barsOf(usage, place, (bar) => [
          ...[formatNumber(bar.requests), formatNumber(bar.errors), formatNumber(bar.refused)],
          ...(compared ? [formatNumber(bar.previous ?? 0)] : []),
        ])}
        names={['Requests', 'Errors', 'Rejected', ...(compared ? ['Previous period'] : [])]}
        stacks={[
          { name: 'Successful', look: 'plain', values: bars.map((bar) => bar.requests - bar.errors) },
          { name: 'Errors', look: 'hatched', values: bars.map((bar) => bar.errors) },
        ]}
        lines={
          compared
            ? [{ name: 'Previous period', look: 'quiet', values: bars.map((bar) => bar.previous) }]
            : []
        }
        least={4}
        tickText={formatCompact}
      />
    </Card>
  );
}

export const GRAIN_NAMES = {
  minute: 'minute',
  quarter: '15 minutes',
  hour: 'hour',
  day: 'day',
  month: 'month',
} as const;

/** Bars that link to their requests in the log. */
export const barsOf = (usage: Usage, place: Place, cells: (bar: UsageBar) => string[]) =>
  usage.bars.map((bar) => ({
    start: bar.start.toISOString(),
    href: place.log(bar.start, bar.end),
    complete: bar.complete,
    cells: cells(bar),
  }));
