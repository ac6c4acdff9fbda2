import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

export type Target = { what: string; measured: number | null; reached: boolean | null };

/** The results of one part of the benchmark, as printed. */
export type Part = { title: string; table: string; targets: Target[] };

/** The machine that was measured. */
export const machine = () => ({
  date: new Date().toISOString(),
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  node: process.version,
});

/** For an even count, the mean of the middle two; null when a value is missing. */
export function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0 || known.length < values.length) return null;
  return (known[Math.floor((known.length - 1) / 2)]! + known[Math.ceil((known.length - 1) / 2)]!) / 2;
}

/** The value that this share of the values doesn't exceed (nearest rank); 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

export const fixed = (value: number | null, digits: number) => (value === null ? '–' : value.toFixed(digits));
export const whole = (value: number) => Math.round(value).toLocaleString('en');

/** A Markdown table. The named columns are text, the others numbers. */
export function markdown(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  texts: readonly string[] = [],
): string {
  const rule = head.map((name) => (texts.includes(name) ? ':--' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export const atLeast = (what: string, least: number, measured: number | null): Target => ({
  what,
  measured,
  reached: measured === null ? null : measured >= least,
});
export const atMost = (what: string, most: number, measured: number | null): Target => ({
  what,
  measured,
  reached: measured === null ? null : measured <= most,
});

export function targetLines(list: readonly Target[]): string {
  return list
    .map(({ what, measured, reached }) => {
      const verdict = reached === null ? 'not measured' : reached ? 'reached' : 'NOT reached';
      const figure =
        measured === null ? '' : `${measured >= 1_000 ? whole(measured) : measured.toFixed(2)}, `;
      return `- ${what}: ${figure}${verdict}`;
    })
    .join('\n');
}

/** Writes a part's results to its own file. */
export function keep(folder: string, name: string, figures: Record<string, unknown>): void {
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ machine: machine(), ...figures }, null, 2);
  writeFileSync(join(folder, `${name}.json`), `${text}\n`);
}
