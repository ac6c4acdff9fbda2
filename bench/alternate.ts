import { join } from 'node:path';
import postgres from 'postgres';
import type { CandidateName, Ground } from './candidates.ts';
import { drive, loadTool } from './load.ts';
import { fixed, keep, markdown, median, type Part, percentile, whole } from './part.ts';
import { BASELINE, ratiosOf, ratioTarget } from './report.ts';
import { CONNECTIONS, expectRecorded, launch, type Sample, untilAnswers } from './visit.ts';

/**
 * All candidates are started, and all but one are stopped. Each gets one second of load in turn, in random order, round
 * after round, so that a machine that is slow for some seconds is slow for all of them.
 */
export const ALTERNATING = ['bare-undici', 'gateway', 'fastify', 'gateway-1m'] as const;

const SLICE_SECONDS = 1;
const WARM_SECONDS = 3;
/** A stopped process resumes its timers before it accepts load. */
const AWAKE_MS = 100;

type Slice = Pick<Sample, 'name' | 'connections' | 'round' | 'requestsPerSecond' | 'p50Ms' | 'p99Ms'>;
type Started = Awaited<ReturnType<typeof launch>> & { name: CandidateName; answered: number };

export type AlternatingOptions = { ground: Ground; folder: string; slices: number; results: string };

export async function runAlternating({ ground, folder, slices, results }: AlternatingOptions): Promise<Part> {
  const started: Started[] = [];
  const taken: Slice[] = [];
  let letGo = async () => {};
  try {
    for (const name of ALTERNATING) started.push(await launchAsleep(name, ground, folder));
    letGo = await holdLog(new Set(started.flatMap(({ load }) => load.recordsTo ?? [])));
    for (const one of started)
      for (const connections of CONNECTIONS) await loadOf(one, connections, WARM_SECONDS);
    for (let round = 1; round <= slices; round++) {
      for (const connections of CONNECTIONS)
        for (const one of shuffled(started)) {
          const { name } = one;
          taken.push({ name, connections, round, ...(await loadOf(one, connections, SLICE_SECONDS)) });
        }
      if (round % 5 === 0) console.log(`alternating seconds: ${round} of ${slices} rounds`);
    }
  } finally {
    await letGo();
    for (const { running } of started) {
      if (!running.hasEnded()) process.kill(running.pid, 'SIGCONT'); // A stopped process can't exit.
      await running.stop();
    }
  }
  for (const { name, load, answered } of started)
    if (load.recordsTo) await expectRecorded(load.recordsTo, name, answered);
  return report(taken, { slices, results });
}

/** Starts a candidate and stops it with SIGSTOP. */
async function launchAsleep(name: CandidateName, ground: Ground, folder: string): Promise<Started> {
  const { load, running } = await launch(name, ground, join(folder, `alternating-${name}`));
  await untilAnswers(load, running);
  process.kill(running.pid, 'SIGSTOP');
  return { name, running, load, answered: 1 };
}

async function loadOf(one: Started, connections: number, seconds: number) {
  process.kill(one.running.pid, 'SIGCONT');
  await new Promise((resolve) => setTimeout(resolve, AWAKE_MS));
  const { answered, refused, broken, p50Ms, p99Ms, ...result } = await drive(one.load, connections, seconds);
  process.kill(one.running.pid, 'SIGSTOP');
  if (refused + broken > 0) throw new Error(`${one.name}: ${refused} refused, ${broken} broken requests.`);
  one.answered += answered;
  return { requestsPerSecond: answered / result.seconds, p50Ms, p99Ms };
}

/**
 * Until the returned function is called, no usage is shipped to these databases: shipping first looks a batch up in a table
 * that is locked here. Otherwise one gateway's shipping would fall into another's seconds.
 */
async function holdLog(urls: ReadonlySet<string>): Promise<() => Promise<void>> {
  const held = await Promise.all(
    [...urls].map(async (url) => {
      const sql = postgres(url, { max: 1, onnotice: () => {} });
      const connection = await sql.reserve();
      await connection`begin`;
      await connection`lock table usage_segments in access exclusive mode`;
      return async () => {
        await connection`rollback`;
        connection.release();
        await sql.end();
      };
    }),
  );
  return async () => {
    for (const release of held) await release();
  };
}

const shuffled = <T>(list: readonly T[]): T[] =>
  list
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);

function report(taken: readonly Slice[], { slices, results }: { slices: number; results: string }): Part {
  const share = (name: CandidateName, other: CandidateName, connections: number) => {
    const ratios = ratiosOf(taken, name, other, connections).filter((ratio) => ratio !== null);
    const quartiles = [0.25, 0.75].map((at) => fixed(percentile(ratios, at), 2)).join('–');
    return `${fixed(median(ratios), 2)} (${quartiles})`;
  };
  const rows = CONNECTIONS.flatMap((connections) =>
    ALTERNATING.map((name) => {
      const own = taken.filter((slice) => slice.name === name && slice.connections === connections);
      const middle = (figure: 'requestsPerSecond' | 'p50Ms' | 'p99Ms') =>
        median(own.map((slice) => slice[figure]));
      return [
        String(connections),
        name,
        name === BASELINE ? '1.00' : share(name, BASELINE, connections),
        name === 'fastify' ? '1.00' : share(name, 'fastify', connections),
        whole(middle('requestsPerSecond') ?? 0),
        fixed(middle('p50Ms'), 2),
        fixed(middle('p99Ms'), 2),
      ];
    }),
  );
  const aim = (least: number, name: CandidateName, other: CandidateName, connections: number) =>
    ratioTarget(taken, least, name, other, connections, ' in alternating seconds');
  const targets = [
    aim(0.75, 'gateway', BASELINE, 32),
    aim(0.85, 'gateway', BASELINE, 128),
    ...CONNECTIONS.map((connections) => aim(1.4, 'gateway', 'fastify', connections)),
    ...CONNECTIONS.map((connections) => aim(0.9, 'gateway-1m', 'gateway', connections)),
  ];
  keep(results, 'alternating', { load: loadTool, slices, targets, samples: taken });
  const head = ['connections', 'candidate', `of ${BASELINE}`, 'of fastify', 'requests/s', 'p50 ms', 'p99 ms'];
  return {
    title: `Gateways in alternating seconds: medians of ${slices}, quartiles in brackets`,
    table: markdown(head, rows, ['candidate']),
    targets,
  };
}
