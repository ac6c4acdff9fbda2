import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { LATENCY_BOUNDS } from '#db/schema/usage.ts';
import { withDb } from '#tests/support/database.ts';
import { CELLS, cellOf, packedSql, quantile, unpack } from './histogram.ts';

const of = (latencies: readonly number[]) => {
  const cells: number[] = Array(CELLS).fill(0);
  for (const latency of latencies) cells[cellOf(latency)]!++;
  return cells;
};

/** Reproducible random numbers from 0 to 1 (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('a bound belongs to the cell above it, and the outer cells include everything beyond', () => {
  expect([0, 0.999, 1, 1.259, 1.26, 41_285, 41_285.093, 1e9].map(cellOf)).toEqual([
    0, 0, 1, 1, 2, 46, 47, 47,
  ]);
});

test('a quantile is at most 26% off for any latencies', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = random(seed);
    const [low, spread] = [10 ** (next() * 2), next() * 5];
    const latencies = Array.from({ length: 1 + Math.floor(next() * 500) }, () =>
      Math.min(41_000, low * Math.exp(next() * spread)),
    ).sort((a, b) => a - b);
    for (const share of [0.01, 0.5, 0.95, 0.99, 1]) {
      const exact = latencies[Math.max(1, Math.ceil(share * latencies.length)) - 1]!;
      const ratio = quantile(of(latencies), share)! / exact;
      expect(Math.max(ratio, 1 / ratio), `seed ${seed}, ${share}`).toBeLessThanOrEqual(1.2604);
    }
  }
});

test('a quantile is at most 1 ms off below 1 ms, the last bound above it, and null for an empty histogram', () => {
  expect(quantile(of([0.2, 0.2, 0.9]), 0.5)).toBeGreaterThan(0);
  expect(quantile(of([0.2, 0.2, 0.9]), 1)).toBeLessThanOrEqual(1);
  expect(quantile(of([90_000]), 0.5)).toBe(LATENCY_BOUNDS.at(-1));
  expect(quantile(of([]), 0.5)).toBeNull();
  expect(quantile(unpack(null), 0.5)).toBeNull();
});

test(
  'PostgreSQL finds the same cells, and adding packed histograms merges them',
  withDb(async (db) => {
    const next = random(7);
    const latencies = [...LATENCY_BOUNDS, 0, ...Array.from({ length: 500 }, () => 10 ** (next() * 6 - 1))];
    const bounds = `{${LATENCY_BOUNDS.join(',')}}`;
    const rows = await db.execute<{ half: number; packed: string }>(sql`
      select n % 2 as half, sum(${sql.raw(packedSql(`width_bucket(latency, '${bounds}'::float8[])`))})::text as packed
      from unnest(${`{${latencies.join(',')}}`}::float8[]) with ordinality as l (latency, n) group by 1`);
    const [all] = await db.execute<{ packed: string }>(
      sql`select sum(packed::numeric)::text as packed from unnest(${`{${rows.map(({ packed }) => packed).join(',')}}`}::text[]) packed`,
    );
    expect(rows).toHaveLength(2);
    expect(unpack(all!.packed)).toEqual(of(latencies));
  }),
);

test('cells don’t overflow', () => {
  const full = '9'.repeat(12);
  expect(unpack(`${full}${'0'.repeat(12)}${full}`).slice(0, 4)).toEqual([
    999_999_999_999, 0, 999_999_999_999, 0,
  ]);
});
