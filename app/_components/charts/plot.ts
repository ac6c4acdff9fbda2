import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';

/** The space a chart is drawn in; it is stretched to its place on the page. */
export const WIDTH = 1_000;
export const HEIGHT = 200;

/** How a height stands for a value: from nothing to a round number above the highest, with a few marks between. */
export function heightScale(values: readonly (number | null)[], least: number) {
  const highest = Math.max(least, ...values.map((value) => value ?? 0));
  const scale = scaleLinear().domain([0, highest]).nice(4).range([HEIGHT, 0]);
  return { y: (value: number) => round(scale(value)), ticks: scale.ticks(4) };
}

const round = (value: number) => Math.round(value * 100) / 100;

/** Bars from one height to another, as one path. Where there is something, there is something to see. */
export function barsPath(
  spans: readonly (readonly [low: number, high: number] | null)[],
  y: (value: number) => number,
): string {
  const step = WIDTH / spans.length;
  const gap = spans.length > 60 ? 0.1 : 0.15;
  return spans
    .map((span, index) => {
      if (!span || span[1] <= span[0]) return '';
      const bottom = y(span[0]);
      const tall = Math.max(bottom - y(span[1]), 1.5);
      return `M${round(index * step + step * gap)} ${round(bottom)}v${-round(tall)}h${round(step * (1 - 2 * gap))}v${round(tall)}z`;
    })
    .join('');
}

/** A line through the middles of the bars, broken where there is no value; a value alone is a dot under a round cap. */
export function linePath(values: readonly (number | null)[], y: (value: number) => number): string {
  const step = WIDTH / values.length;
  const x = (index: number) => round((index + 0.5) * step);
  const path = line<number | null>()
    .defined((value) => value !== null)
    .x((_, index) => x(index))
    .y((value) => y(value ?? 0));
  return path(values) ?? '';
}

/** Which bars have their time under them: at most seven, by even steps that end days, hours or quarters if they can. */
export function tickIndexes(count: number): number[] {
  const step =
    [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 24, 30, 48, 60].find((one) => count / one <= 7.01) ??
    Math.ceil(count / 7);
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
}
