import type { CandidateName } from './candidates.ts';
import { atLeast, fixed, markdown, median, type Target, whole } from './part.ts';
import type { Sample } from './visit.ts';

export const BASELINE = 'bare-undici';
const SECOND_BASELINE = 'bare-undici-dispatch';

type Figure = Exclude<keyof Sample, 'name' | 'connections' | 'round'>;

/** Medians over the rounds, for one candidate at one number of connections. */
export type Row = {
  name: CandidateName;
  connections: number;
  /** Requests/s relative to the baselines in the same rounds. */
  ratio: number | null;
  secondRatio: number | null;
} & { [F in Figure]: Sample[F] };

export function summarize(samples: readonly Sample[]): Row[] {
  const groups = Map.groupBy(samples, ({ name, connections }) => `${connections} ${name}`);
  const rows = [...groups.values()].map((group): Row => {
    const { name, connections } = group[0]!;
    const middle = (figure: Figure) => median(group.map((sample) => sample[figure]));
    return {
      name,
      connections,
      ratio: ratioOf(samples, name, BASELINE, connections),
      secondRatio: ratioOf(samples, name, SECOND_BASELINE, connections),
      requestsPerSecond: middle('requestsPerSecond') ?? 0,
      p50Ms: middle('p50Ms') ?? 0,
      p99Ms: middle('p99Ms') ?? 0,
      cpuSecondsPer1000: middle('cpuSecondsPer1000'),
      databaseCpuSecondsPer1000: middle('databaseCpuSecondsPer1000'),
      peakRssBytes: middle('peakRssBytes'),
      refused: group.reduce((sum, sample) => sum + sample.refused, 0),
      broken: group.reduce((sum, sample) => sum + sample.broken, 0),
    };
  });
  return rows.sort((a, b) => a.connections - b.connections);
}

type Rated = Pick<Sample, 'name' | 'connections' | 'round' | 'requestsPerSecond'>;

/** Median over the rounds of requests/s relative to another candidate in the same round. */
const ratioOf = (
  samples: readonly Rated[],
  name: CandidateName,
  other: CandidateName,
  connections: number,
): number | null => median(ratiosOf(samples, name, other, connections));

/** Requests/s relative to another candidate in the same round, one per round; null where the other wasn't measured. */
export function ratiosOf(
  samples: readonly Rated[],
  name: CandidateName,
  other: CandidateName,
  connections: number,
): (number | null)[] {
  const at = (wanted: CandidateName, round: number) =>
    samples.find((s) => s.name === wanted && s.connections === connections && s.round === round);
  return samples
    .filter((sample) => sample.name === name && sample.connections === connections)
    .map((sample) => {
      const base = at(other, sample.round);
      return base ? sample.requestsPerSecond / base.requestsPerSecond : null;
    });
}

/** A Markdown table. CPU seconds per 1,000 requests are milliseconds per request. */
export function table(rows: readonly Row[]): string {
  const head = [
    'connections',
    'candidate',
    'requests/s',
    `of ${BASELINE}`,
    'of dispatch',
    'p50 ms',
    'p99 ms',
    'CPU s/1,000',
    'database CPU s/1,000',
    'peak RSS MB',
    'refused',
    'broken',
  ];
  const lines = rows.map((row) => [
    String(row.connections),
    row.name,
    whole(row.requestsPerSecond),
    fixed(row.ratio, 2),
    fixed(row.secondRatio, 2),
    fixed(row.p50Ms, 2),
    fixed(row.p99Ms, 2),
    fixed(row.cpuSecondsPer1000, 3),
    fixed(row.databaseCpuSecondsPer1000, 3),
    fixed(row.peakRssBytes === null ? null : row.peakRssBytes / 1e6, 0),
    String(row.refused),
    String(row.broken),
  ]);
  return markdown(head, lines, ['candidate']);
}

/** A target: a candidate reaches at least this share of another; `how` names the measurement. */
export const ratioTarget = (
  samples: readonly Rated[],
  least: number,
  name: CandidateName,
  other: CandidateName,
  connections: number,
  how = '',
): Target =>
  atLeast(
    `${name} at least ${least} of ${other}${how}, ${connections} connections`,
    least,
    ratioOf(samples, name, other, connections),
  );

/** The product's targets; `reached` is null when not measured. */
export function targets(samples: readonly Sample[]): Target[] {
  const aim = (least: number, name: CandidateName, other: CandidateName, connections: number) =>
    ratioTarget(samples, least, name, other, connections);
  const peaks = samples.filter(({ name }) => name === 'gateway').map((sample) => sample.peakRssBytes);
  const peak = peaks.length === 0 || peaks.includes(null) ? null : Math.max(...peaks.map(Number)) / 1e6;
  return [
    aim(0.75, 'gateway', BASELINE, 32),
    aim(0.85, 'gateway', BASELINE, 128),
    ...[32, 128].map((connections) => aim(1.4, 'gateway', 'fastify', connections)),
    ...[32, 128].map((connections) => aim(15, 'decision', 'better-auth', connections)),
    ...[32, 128].map((connections) => aim(0.9, 'gateway-1m', 'gateway', connections)),
    ...[32, 128].map((connections) => aim(0.85, 'gateway', 'unmetered', connections)),
    ...[32, 128].map((connections) => aim(0.85, 'gateway-process', 'unmetered', connections)),
    {
      what: 'gateway below 250 MB of resident memory',
      measured: peak,
      reached: peak === null ? null : peak < 250,
    },
  ];
}
