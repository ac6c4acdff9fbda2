import type { ReactNode } from 'react';
import type { BarLink } from './bar-links.tsx';
import { barsPath } from './plot.ts';

type Look = { fill?: string; stroke?: string; dash?: string };
/** Each look differs in color and pattern, so series can be told apart without color. */
export const LOOKS: Record<BarSeries['look'] | LineSeries['look'], Look> = {
  plain: { fill: 'fill-(--background-color-accent)' },
  hatched: { fill: 'fill-danger' },
  solid: { stroke: 'stroke-(--background-color-accent)' },
  dashed: { stroke: 'stroke-info', dash: '6 4' },
  dotted: { stroke: 'stroke-warning', dash: '1.5 4' },
  quiet: { stroke: 'stroke-muted', dash: '4 3' },
};

export type BarSeries = { name: string; look: 'plain' | 'hatched'; values: readonly number[] };
export type LineSeries = {
  name: string;
  look: 'solid' | 'dashed' | 'dotted' | 'quiet';
  values: readonly (number | null)[];
};

/** The bars of a series. The incomplete bar is paler. */
export function Stack({
  id,
  series,
  below,
  bars,
  y,
}: {
  id: string;
  series: BarSeries;
  below: readonly BarSeries[];
  bars: readonly BarLink[];
  y: (value: number) => number;
}) {
  const spans = series.values.map((value, i) => {
    const low = below.reduce((sum, { values }) => sum + (values[i] ?? 0), 0);
    return [low, low + value] as const;
  });
  const path = (complete: boolean) =>
    barsPath(
      spans.map((span, i) => (bars[i]?.complete === complete ? span : null)),
      y,
    );
  const running = path(false);
  return (
    <>
      <Shape id={id} look={series.look} d={path(true)} />
      {running && (
        <g opacity={0.5}>
          <Shape id={id} look={series.look} d={running} />
        </g>
      )}
    </>
  );
}

function Shape({ id, look, d }: { id: string; look: BarSeries['look']; d: string }) {
  return (
    <>
      <path d={d} className={LOOKS[look].fill} />
      {look === 'hatched' && <path d={d} fill={`url(#${id}-hatch)`} />}
    </>
  );
}

export function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern
        id={`${id}-hatch`}
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <path d="M0 0V6" strokeWidth="4" className="stroke-surface/60" />
      </pattern>
    </defs>
  );
}

export function Legend({
  id,
  stacks,
  lines,
  running,
}: {
  id: string;
  stacks: readonly BarSeries[];
  lines: readonly LineSeries[];
  running: boolean;
}) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
      {stacks.map(({ name, look }) => (
        <Entry key={name} name={name}>
          <Shape id={id} look={look} d="M1 1H13V13H1z" />
        </Entry>
      ))}
      {lines.map(({ name, look }) => (
        <Entry key={name} name={name}>
          <path
            d="M0 7H20"
            strokeWidth={2}
            strokeLinecap="round"
            strokeDasharray={LOOKS[look].dash}
            className={LOOKS[look].stroke}
          />
        </Entry>
      ))}
      {running && stacks.length > 0 && (
        <Entry name="In progress">
          <path d="M1 1H13V13H1z" opacity={0.5} className={LOOKS.plain.fill} />
        </Entry>
      )}
    </ul>
  );
}

function Entry({ name, children }: { name: string; children: ReactNode }) {
  return (
    <li className="flex items-center gap-1.5">
      <svg aria-hidden="true" viewBox="0 0 20 14" className="h-3.5 w-5 shrink-0">
        {children}
      </svg>
      {name}
    </li>
  );
}
