import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../db/embedded.ts';
import { type Priority, withPriority } from '../lib/process/priority.ts';
import { GATEWAY_ARGS, portalPart, untilAnswers } from '../scripts/supervise.ts';
import { atMost, fixed, keep, markdown, median, type Part, whole } from './part.ts';
import { freePort, start } from './processes.ts';
import { seed } from './seed.ts';

/**
 * What a flood of failed sign-ins at the portal costs a gateway on the same machine: the same request rate, with and
 * without the flood, alternating.
 */
const CALLS_PER_SECOND = 200;
const LOGINS_PER_SECOND = 200;
const FLOOD_SECONDS = 30;
const FLOOD_LEAD_MS = 3_000;

type Slice = { p50Ms: number; p99Ms: number };
/** What a sender measured, in slices of five seconds. */
type Seen = { statuses: Record<string, number>; slices: Slice[] };
type Sample = { round: number; flooded: boolean } & Seen;

export async function runLoginFlood({ rounds, results }: { rounds: number; results: string }): Promise<Part> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const embedded = await startEmbedded(folder);
  const [upstreamPort, portalPort, gatewayPort] = [await freePort(), await freePort(), await freePort()];
  const [portal, gateway] = [`http://localhost:${portalPort}`, `http://127.0.0.1:${gatewayPort}`];
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  const run = (args: string[], env: Record<string, string>, priority?: Priority) => {
    const [command = '', ...rest] = withPriority(priority, [process.execPath, ...args]);
    return start({ command, args: rest, env });
  };
  const settings = {
    ...{ DATABASE_URL: embedded.url, DATA_DIR: folder, LATCHKEY_ENV: 'development', UV_THREADPOOL_SIZE: '8' },
    ...{
      PORTAL_URL: portal,
      GATEWAY_URL: gateway,
      PORT: String(portalPort),
      GATEWAY_PORT: String(gatewayPort),
    },
    NEXTAUTH_SECRET: randomBytes(32).toString('base64url'),
    LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    ALLOW_PRIVATE_UPSTREAMS: '1',
    USAGE_DURABILITY: 'process', // The flood uses CPU, not the disk. Waiting for the disk would hide its cost.
  };
  const running = [run(['bench/upstream.mjs'], { PORT: String(upstreamPort) })];
  const samples: Sample[] = [];
  try {
    const [key = ''] = await seed(embedded.url, upstream, 1);
    const { args, priority } = portalPart({ port: portalPort }, 'background');
    running.push(run(args, settings, priority));
    running.push(run(GATEWAY_ARGS, settings));
    await Promise.all([untilAnswers(`${portal}/sign-in`), untilAnswers(`${gateway}/_/readyz`)]);

    const calls = { MODE: 'calls', URL: `${gateway}/bench/ok`, KEY: key, RATE: String(CALLS_PER_SECOND) };
    const flood = { MODE: 'logins', URL: portal, RATE: String(LOGINS_PER_SECOND) };
    const paced = (env: Record<string, string>, seconds: number, priority?: Priority) =>
      outcomeOf(run(['bench/paced.mjs'], { ...env, SECONDS: String(seconds) }, priority));
    await paced(calls, 3);
    for (let round = 1; round <= rounds; round++) {
      samples.push({ round, flooded: false, ...(await paced(calls, FLOOD_SECONDS)) });
      // The flood comes from other machines in reality, so its sender runs at low priority.
      const flooding = paced(flood, FLOOD_SECONDS + FLOOD_LEAD_MS / 1_000, 'background');
      await new Promise((resolve) => setTimeout(resolve, FLOOD_LEAD_MS));
      samples.push({ round, flooded: true, ...(await paced(calls, FLOOD_SECONDS)) });
      const { statuses } = await flooding;
      const [calm, flooded] = samples.slice(-2);
      console.log(
        `round ${round}  p99 ${texts(calm!)} ms, under the flood ${texts(flooded!)} ms; sign-ins answered ${JSON.stringify(statuses)}`,
      );
    }
  } finally {
    for (const process of running.toReversed()) await process.stop();
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return report(samples, { rounds, results });
}

/** What a `paced.mjs` process printed when it exited. */
async function outcomeOf(process: ReturnType<typeof start>): Promise<Seen> {
  while (!process.hasEnded()) await new Promise((resolve) => setTimeout(resolve, 50));
  const line = process.output().split('\n')[0] ?? '';
  return JSON.parse(line) as Seen; // The last line of paced.mjs.
}

const texts = ({ slices }: Seen) => slices.map(({ p99Ms }) => fixed(p99Ms, 1)).join(' ');

function report(samples: readonly Sample[], { rounds, results }: { rounds: number; results: string }): Part {
  const of = (flooded: boolean) => samples.filter((sample) => sample.flooded === flooded);
  const middle = (flooded: boolean, figure: keyof Slice) =>
    median(of(flooded).flatMap(({ slices }) => slices.map((slice) => slice[figure])));
  const [calm, flood] = [middle(false, 'p99Ms'), middle(true, 'p99Ms')];
  const ratio = calm === null || flood === null ? null : flood / calm;
  const failed = (flooded: boolean) =>
    of(flooded)
      .flatMap(({ statuses }) => Object.entries(statuses))
      .reduce((sum, [status, count]) => sum + (status === '200' ? 0 : count), 0);
  const answered = (flooded: boolean) =>
    of(flooded).reduce((sum, { statuses }) => sum + (statuses['200'] ?? 0), 0);
  keep(results, 'login-flood', { rounds, ratio, samples });
  const row = (flooded: boolean) => [
    flooded ? `${LOGINS_PER_SECOND} wrong sign-ins a second` : 'none',
    whole(answered(flooded)),
    String(failed(flooded)),
    fixed(middle(flooded, 'p50Ms'), 1),
    fixed(middle(flooded, 'p99Ms'), 1),
  ];
  return {
    title: `${CALLS_PER_SECOND} requests per second through the gateway during a flood of sign-ins at the portal`,
    table: markdown(['flood', 'answered', 'failed', 'p50 ms', 'p99 ms'], [row(false), row(true)], ['flood']),
    targets: [
      atMost('p99 of the gateway under a flood of sign-ins, at most twice the p99 without', 2, ratio),
      atMost('requests that fail during the flood, none', 0, failed(true)),
    ],
  };
}
