import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { type Candidate, type CandidateName, candidate, type Ground } from './candidates.ts';
import { drive } from './load.ts';
import { cpuSeconds, peakRssBytes } from './process-costs.ts';
import { freePort, type Running, start } from './processes.ts';

/** One measurement of one candidate. CPU and memory are null where the system doesn't report them. */
export type Sample = {
  name: CandidateName;
  connections: number;
  round: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** The candidate's own processes. */
  cpuSecondsPer1000: number | null;
  /** PostgreSQL, over the whole visit, including the warm-up and shipping after the load. */
  databaseCpuSecondsPer1000: number | null;
  /** Since the candidate's start. */
  peakRssBytes: number | null;
  refused: number;
  broken: number;
};

export const CONNECTIONS = [32, 128] as const;
const WARM_SECONDS = 2;
const START_MS = 60_000;

type Options = { ground: Ground; round: number; seconds: number; folder: string; databasePid: number };

/** Starts a candidate, measures it at each number of connections and stops it. */
export async function visit(
  name: CandidateName,
  { ground, round, seconds, folder, databasePid }: Options,
): Promise<Sample[]> {
  const { load, running } = await launch(name, ground, join(folder, `${name}-${round}`));
  const databaseBefore = cpuSeconds(databasePid);
  const samples: Omit<Sample, 'databaseCpuSecondsPer1000'>[] = [];
  let answered = 0;
  try {
    await untilAnswers(load, running);
    for (const connections of CONNECTIONS) {
      const warmSeconds = connections === CONNECTIONS[0] ? load.warmSeconds : WARM_SECONDS;
      const warm = await drive(load, connections, warmSeconds);
      const before = cpuSeconds(running.pid);
      const result = await drive(load, connections, seconds);
      const cpu = difference(before, cpuSeconds(running.pid));
      if (running.hasEnded()) throw new Error(`${name} ended under load:\n${running.output()}`);
      answered += warm.answered + result.answered;
      samples.push({
        name,
        connections,
        round,
        requestsPerSecond: result.answered / result.seconds,
        p50Ms: result.p50Ms,
        p99Ms: result.p99Ms,
        cpuSecondsPer1000: perThousand(cpu, result.answered),
        peakRssBytes: peakRssBytes(running.pid),
        refused: result.refused,
        broken: result.broken,
      });
    }
  } finally {
    await running.stop();
  }
  const databaseCpu = difference(databaseBefore, cpuSeconds(databasePid));
  if (load.recordsTo) await expectRecorded(load.recordsTo, name, answered);
  return samples.map((sample) => ({
    ...sample,
    databaseCpuSecondsPer1000: perThousand(databaseCpu, answered),
  }));
}

/** Starts a candidate, which keeps its files in `folder`. It may not accept requests yet. */
export async function launch(name: CandidateName, ground: Ground, folder: string) {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const asked = candidate(name, ground, port, folder);
  return { load: { ...asked, url: `http://127.0.0.1:${port}${asked.path}` }, running: start(asked) };
}

const difference = (from: number | null, to: number | null) =>
  from === null || to === null ? null : to - from;
const perThousand = (total: number | null, requests: number) =>
  total === null ? null : (total / requests) * 1_000;

/** Waits until the request that is measured gets a 200. */
export async function untilAnswers(load: Candidate & { url: string }, running: Running): Promise<void> {
  const key = readFileSync(load.keysFile, 'utf8').split('\n')[0];
  const giveUpAt = performance.now() + START_MS;
  for (;;) {
    const response = await fetch(load.url, { headers: { [load.header]: load.prefix + key } }).catch(
      () => null,
    );
    const text = await response?.text();
    if (response?.status === 200) return;
    if (running.hasEnded() || performance.now() > giveUpAt)
      throw new Error(
        `${load.url} didn't respond with 200: ${response?.status ?? ''} ${text ?? ''}\n${running.output()}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Checks that every answered request is in the usage log, then empties the log so that rounds are equal. */
export async function expectRecorded(url: string, name: CandidateName, answered: number): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [row] = await sql<{ n: number }[]>`select count(*)::int n from usage_records where status = 200`;
    if ((row?.n ?? 0) < answered)
      throw new Error(`${name} answered ${answered} requests and recorded ${row?.n ?? 0}.`);
    await sql`truncate usage_records, usage_daily, usage_segments, usage_minutes, usage_hours, usage_days, usage_clients`;
  } finally {
    await sql.end();
  }
}
