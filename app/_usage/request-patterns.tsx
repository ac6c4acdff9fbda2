import { Card } from '#app/_components/card.tsx';
import { countText, shortCountText } from '#app/_components/charts/numbers.ts';
import { barText } from '#app/_components/charts/span-text.ts';
import { TimeChart } from '#app/_components/charts/time-chart.tsx';
import type { Usage, UsageBar } from '#lib/usage/read-usage.ts';
import { ExportLink } from './export-link.tsx';
import type { Place } from './place.ts';

/** When calls come. */
export function RequestPatterns({ usage, place }: { usage: Usage; place: Place }) {
  const { bars, totals, span, compared } = usage;
  const busiest = bars.reduce((most, bar) => (bar.requests > most.requests ? bar : most), bars[0]!); // Never without bars.
  return (
    <Card
      title="Request patterns"
      description={`Requests by ${STEP_WORDS[span.grain]}. Choose a bar to see its calls.`}
      actions={<ExportLink place={place} table="time" of="the figures over time" />}
    >
      <TimeChart
        id="patterns"
        title="Request patterns"
        summary={`${countText(totals.requests)} requests, ${countText(totals.errors)} of them failed; the most, ${countText(busiest.requests)}, in ${barText(busiest.start, span.grain, 'UTC')}.`}
        grain={span.grain}
        bars={barsOf(usage, place, (bar) => [
          ...[countText(bar.requests), countText(bar.errors), countText(bar.refused)],
          ...(compared ? [countText(bar.previous ?? 0)] : []),
        ])}
        names={['Requests', 'Errors', 'Refused', ...(compared ? ['Period before'] : [])]}
        stacks={[
          { name: 'Successful', look: 'plain', values: bars.map((bar) => bar.requests - bar.errors) },
          { name: 'Errors', look: 'hatched', values: bars.map((bar) => bar.errors) },
        ]}
        lines={
          compared ? [{ name: 'Period before', look: 'quiet', values: bars.map((bar) => bar.previous) }] : []
        }
        least={4}
        tickText={shortCountText}
      />
    </Card>
  );
}

export const STEP_WORDS = {
  minute: 'minute',
  quarter: '15 minutes',
  hour: 'hour',
  day: 'day',
  month: 'month',
} as const;

/** Each bar leads to its calls in the log. */
export const barsOf = (usage: Usage, place: Place, cells: (bar: UsageBar) => string[]) =>
  usage.bars.map((bar) => ({
    start: bar.start.toISOString(),
    href: place.log(bar.start, bar.end),
    complete: bar.complete,
    cells: cells(bar),
  }));
