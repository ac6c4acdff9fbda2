import { clsx } from 'clsx';
import type { Grain } from '#lib/usage/usage-span.ts';
import { type BarLink, BarLinks } from './bar-links.tsx';
import { HEIGHT, heightScale, linePath, tickIndexes, WIDTH } from './plot.ts';
import { TickTime, ZoneNote } from './reader-time.tsx';
import { type BarSeries, Hatch, Legend, type LineSeries, LOOKS, Stack } from './series.tsx';
import { SeriesTable } from './series-table.tsx';

/**
 * Stacked bars and lines over time, rendered on the server. Each bar is a link. `summary` describes the chart in one
 * sentence, and a table below it has the data.
 */
export function TimeChart({
  id,
  title,
  summary,
  grain,
  bars,
  names,
  stacks = [],
  lines = [],
  least = 1,
  tickText,
}: {
  /** Unique in the page. */
  id: string;
  title: string;
  summary: string;
  grain: Grain;
  /** One for each value of the series. */
  bars: readonly BarLink[];
  /** The names of the bars' cells. */
  names: readonly string[];
  stacks?: readonly BarSeries[];
  lines?: readonly LineSeries[];
  /** The minimum height of the axis. */
  least?: number;
  tickText: (value: number) => string;
}) {
  const tops = bars.map((_, i) => stacks.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const { y, ticks } = heightScale([...tops, ...lines.flatMap(({ values }) => values)], least);
  const days = +new Date(bars.at(-1)?.start ?? 0) - +new Date(bars[0]?.start ?? 0) > 2 * 86_400_000;
  const marks = tickIndexes(bars.length);
  return (
    <figure className="min-w-0">
      <Legend id={id} stacks={stacks} lines={lines} running={bars.some((bar) => !bar.complete)} />
      <div className="mt-8 grid grid-cols-[2.75rem_minmax(0,1fr)] gap-x-2">
        <div aria-hidden="true" className="relative h-50 text-right text-xs text-muted tabular-nums">
          {ticks.map((tick) => (
            <span
              key={tick}
              className="absolute right-0 -translate-y-1/2 whitespace-nowrap"
              style={{ top: `${(y(tick) / HEIGHT) * 100}%` }}
            >
              {tickText(tick)}
            </span>
          ))}
        </div>
        <div className="relative h-50">
          <svg
            role="img"
            aria-label={`${title}. ${summary}`}
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            className="absolute inset-0 size-full overflow-visible"
          >
            <Hatch id={id} />
            {ticks.map((tick) => (
              <path
                key={tick}
                d={`M0 ${y(tick)}H${WIDTH}`}
                vectorEffect="non-scaling-stroke"
                className={tick === 0 ? 'stroke-line-strong' : 'stroke-line'}
              />
            ))}
            {stacks.map((series, level) => (
              <Stack
                key={series.name}
                id={id}
                series={series}
                below={stacks.slice(0, level)}
                bars={bars}
                y={y}
              />
            ))}
            {lines.map(({ name, look, values }) => (
              <path
                key={name}
                d={linePath(values, y)}
                vectorEffect="non-scaling-stroke"
                strokeDasharray={LOOKS[look].dash}
                strokeLinecap="round"
                strokeLinejoin="round"
                strokeWidth={look === 'quiet' ? 1.5 : 2}
                className={clsx('fill-none', LOOKS[look].stroke)}
              />
            ))}
          </svg>
          <BarLinks label={`${title}, by time`} names={names} bars={bars} grain={grain} />
        </div>
        <div />
        <div aria-hidden="true" className="relative mt-1.5 h-5 text-xs text-muted tabular-nums">
          {marks.map((index, place) => (
            <span
              key={index}
              className={clsx('absolute whitespace-nowrap', place % 3 > 0 && 'max-sm:hidden')}
              style={{ left: `${(index / bars.length) * 100}%` }}
            >
              <TickTime start={bars[index]!.start} grain={grain} days={days} />
            </span>
          ))}
        </div>
      </div>
      <details className="mt-2">
        <summary className="w-fit text-sm text-muted hover:text-ink">Show as table</summary>
        <div className="mt-3">
          <p className="mb-2 text-sm text-muted">
            <ZoneNote grain={grain} />
          </p>
          <SeriesTable label={`${title} as a table`} names={names} bars={bars} grain={grain} />
        </div>
      </details>
    </figure>
  );
}
