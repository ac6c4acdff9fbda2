import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';

/** The coordinate space of a chart. The page scales it. */
export const WIDTH = 1_000;
export const HEIGHT = 200;

/** The vertical scale: from 0 to a round number above the maximum, with about four ticks. */
export function heightScale(values: readonly (number | null)[], least: number) {
  const highest = Math.max(least, ...values.map((value) => value ?? 0));
  const scale = scaleLinear().domain([0, highest]).nice(4).range([HEIGHT, 0]);
  return { y: (value: number) => round(scale(value)), ticks: scale.ticks(4) };
}

const round = (value: number) => Math.round(value * 100) / 100;

/** All bars as one path. Bars with a value have a minimum height so that they're visible. */
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

/** A line through the centers of the bars, with gaps for missing values. A single value is a dot with a round cap. */
export function linePath(values: readonly (number | null)[], y: (value: number) => number): string {
  const step = WIDTH / values.length;
  const x = (index: number) => round((index + 0.5) * step);
  const path = line<number | null>()
    .defined((value) => value !== null)
    .x((_, index) => x(index))
    .y((value) => y(value ?? 0));
  return path(values) ?? '';
}

/** Which bars get an axis label: seven at most, at even steps. */
export function tickIndexes(count: number): number[] {
  const step =
    [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 24, 30, 48, 60].find((one) => count / one <= 7.01) ??
    Math.ceil(count / 7);
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
}
