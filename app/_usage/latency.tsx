import { Card } from '#app/_components/card.tsx';
import { latencyText } from '#app/_components/charts/numbers.ts';
import { TimeChart } from '#app/_components/charts/time-chart.tsx';
import { Stat } from '#app/_components/stat.tsx';
import type { Usage } from '#lib/usage/read-usage.ts';
import type { Percentiles } from '#lib/usage/types.ts';
import type { Place } from './place.ts';
import { barsOf } from './request-patterns.tsx';

const LINES = [
  { name: 'p50', look: 'solid', hint: '50% of requests or faster' },
  { name: 'p95', look: 'dashed', hint: '95% of requests or faster' },
  { name: 'p99', look: 'dotted', hint: '99% of requests or faster' },
] as const;

/** The latency of completed requests, including the upstream. */
export function Latency({ usage, place }: { usage: Usage; place: Place }) {
  const { bars, totals, span } = usage;
  const of = (latency: Percentiles | null, name: 'p50' | 'p95' | 'p99') =>
    latency ? latencyText(latency[name]) : '—';
  return (
    <Card
      title="Latency"
      description="From the start of the request to the end of the response, for completed requests."
    >
      <div className="mb-5 grid grid-cols-3 gap-4">
        {LINES.map(({ name, hint }) => (
          <Stat key={name} label={name} value={of(totals.latency, name)} hint={hint} />
        ))}
      </div>
      <TimeChart
        id="latency"
        title="Latency"
        summary={
          totals.latency
            ? `50% of the completed requests took ${of(totals.latency, 'p50')} or less, 95% ${of(totals.latency, 'p95')} or less, 99% ${of(totals.latency, 'p99')} or less.`
            : 'No requests completed.'
        }
        grain={span.grain}
        bars={barsOf(usage, place, (bar) => LINES.map(({ name }) => of(bar.latency, name)))}
        names={LINES.map(({ name }) => name)}
        lines={LINES.map(({ name, look }) => ({
          ...{ name, look },
          values: bars.map((bar) => bar.latency?.[name] ?? null),
        }))}
        least={10}
        tickText={latencyText}
      />
    </Card>
  );
}
