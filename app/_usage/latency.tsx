import { Card } from '#app/_components/card.tsx';
import { latencyText } from '#app/_components/charts/numbers.ts';
import { TimeChart } from '#app/_components/charts/time-chart.tsx';
import { Stat } from '#app/_components/stat.tsx';
import type { Percentiles, Usage } from '#lib/usage/read-usage.ts';
import type { Place } from './place.ts';
import { barsOf } from './request-patterns.tsx';

const LINES = [
  { name: 'p50', look: 'solid', words: 'Half of the calls' },
  { name: 'p95', look: 'dashed', words: '95% of the calls' },
  { name: 'p99', look: 'dotted', words: '99% of the calls' },
] as const;

/** How long answered calls took, upstream included. */
export function Latency({ usage, place }: { usage: Usage; place: Place }) {
  const { bars, totals, span } = usage;
  const of = (latency: Percentiles | null, name: 'p50' | 'p95' | 'p99') =>
    latency ? latencyText(latency[name]) : '—';
  return (
    <Card title="Latency" description="From the first byte in to the last byte out, of answered calls.">
      <div className="mb-5 grid grid-cols-3 gap-4">
        {LINES.map(({ name, words }) => (
          <Stat key={name} label={name} value={of(totals.latency, name)} hint={`${words} at most`} />
        ))}
      </div>
      <TimeChart
        id="latency"
        title="Latency"
        summary={
          totals.latency
            ? `Half of the answered calls took at most ${of(totals.latency, 'p50')}, 95% at most ${of(totals.latency, 'p95')}, 99% at most ${of(totals.latency, 'p99')}.`
            : 'No call was answered.'
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
