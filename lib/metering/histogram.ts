import { LATENCY_BOUNDS } from '#db/schema/usage.ts';

/** Requests by latency: cell 0 up to 1 ms, each next one up to 26% higher, the last one above 41 s. */
export type Histogram = readonly number[];

export const CELLS = LATENCY_BOUNDS.length + 1;
/** Decimal digits of a cell in the packed form, enough that no cell overflows into the next. */
const DIGITS = 12;

/** The cell of a latency in ms. A bound belongs to the cell above it, as in PostgreSQL's `width_bucket`. */
export function cellOf(latencyMs: number): number {
  const cell = LATENCY_BOUNDS.findIndex((bound) => latencyMs < bound);
  return cell < 0 ? LATENCY_BOUNDS.length : cell;
}

/**
 * Unpacks a rollup's `latency`, or a `sum(latency)` over any rows: adding histograms merges them exactly. Null, the sum of
 * no rows, is an empty histogram.
 */
export function unpack(packed: string | null): number[] {
  const digits = (packed ?? '').replace(/\..*/, '').padStart(CELLS * DIGITS, '0');
  return Array.from({ length: CELLS }, (_, cell) =>
    Number(digits.slice(digits.length - (cell + 1) * DIGITS, digits.length - cell * DIGITS)),
  );
}

/** The packed form of one request in a cell, in SQL. */
export const packedSql = (cell: string): string => `('1e' || ${DIGITS} * ${cell})::numeric`;

/**
 * The latency in ms that a share of the requests doesn't exceed (nearest rank), estimated within its cell: between 1 ms and
 * 41 s at most 26% off, below 1 ms at most 1 ms, above 41 s only a lower bound. Null for an empty histogram.
 */
export function quantile(histogram: Histogram, share: number): number | null {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let below = 0;
  for (const [cell, count] of histogram.entries()) {
    if (below + count < rank) {
      below += count;
      continue;
    }
    const low = LATENCY_BOUNDS[cell - 1] ?? 0;
    const high = LATENCY_BOUNDS[cell] ?? low;
    return low + ((rank - below - 0.5) / count) * (high - low);
  }
  return LATENCY_BOUNDS.at(-1)!;
}
