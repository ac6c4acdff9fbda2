import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbedded } from '../db/embedded.ts';
import { ALTERNATING, runAlternating } from './alternate.ts';
import type { CandidateName, Ground } from './candidates.ts';
import { loadTool } from './load.ts';
import { runLookups } from './lookups.ts';
import { keep, type Part } from './part.ts';
import { freePort, start } from './processes.ts';
import { summarize, table, targets } from './report.ts';
import { createDatabase, seed, seedBetterAuth } from './seed.ts';
import { type Sample, visit } from './visit.ts';

export type GatewaysOptions = {
  names: CandidateName[];
  /** Whether to measure lookups too. They use the same databases. */
  lookups: boolean;
  /** Rounds of alternating seconds; 0 for none. */
  slices: number;
  seconds: number;
  rounds: number;
  results: string;
};

const FEW_CREDENTIALS = 1_000;
const MANY_CREDENTIALS = 1_000_000;
const MANY_USED = 10_000;

/** Measures the candidates one after another, some of them in alternating seconds, and lookups. */
export async function runGateways(options: GatewaysOptions): Promise<Part[]> {
  const { names, lookups, slices, seconds, rounds, results } = options;
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const embedded = await startEmbedded(folder);
  const clear = () => {
    embedded.process.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', clear);
  const upstreamPort = await freePort();
  const upstream = start({
    command: process.execPath,
    args: ['bench/upstream.mjs'],
    env: { NODE_ENV: 'production', PORT: String(upstreamPort) },
  });
  const parts: Part[] = [];
  try {
    console.log('Preparing the databases …');
    const ground = await prepare(folder, embedded.url, `http://127.0.0.1:${upstreamPort}`, options);
    if (lookups) {
      const databases = [
        { credentials: FEW_CREDENTIALS, url: ground.few?.url ?? '' },
        { credentials: MANY_CREDENTIALS, url: ground.large?.url ?? '' },
      ];
      parts.push(await runLookups({ databases, seconds, rounds, results }));
    }
    if (slices > 0) parts.push(await runAlternating({ ground, folder, slices, results }));
    const databasePid = embedded.process.pid ?? 0;
    const samples: Sample[] = [];
    for (let round = 1; round <= rounds; round++) {
      // Every other round runs backwards, so that a slow period hits the same candidate less often.
      for (const name of round % 2 === 1 ? names : names.toReversed()) {
        const taken = await visit(name, { ground, round, seconds, folder, databasePid });
        samples.push(...taken);
        const figures = taken.map((s) => `${Math.round(s.requestsPerSecond)}/s at ${s.connections}`);
        console.log(`round ${round}  ${name}  ${figures.join(', ')}`);
        // Write what this candidate left in memory before the next one starts.
        await checkpoint(embedded.url);
      }
    }
    if (samples.length > 0) parts.unshift(report(samples, options));
  } finally {
    await upstream.stop();
    await embedded.stop();
    process.off('exit', clear);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return parts;
}

async function prepare(
  folder: string,
  url: string,
  upstreamUrl: string,
  { names, lookups, slices }: Pick<GatewaysOptions, 'names' | 'lookups' | 'slices'>,
): Promise<Ground> {
  const needed = new Set<CandidateName>([...names, ...(slices > 0 ? ALTERNATING : [])]);
  const secrets = {
    NEXTAUTH_SECRET: randomBytes(32).toString('base64url'),
    LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    BETTER_AUTH_SECRET: randomBytes(32).toString('base64url'),
  };
  const keysFile = (name: string, keys: readonly string[]) => {
    const path = join(folder, `${name}.keys`);
    writeFileSync(path, `${keys.join('\n')}\n`, { mode: 0o600 });
    return path;
  };
  const [key = ''] = await seed(url, upstreamUrl, 1);
  const ground: Ground = {
    upstreamUrl,
    database: { url, key, keysFile: keysFile('one', [key]) },
    few: undefined,
    large: undefined,
    betterAuth: undefined,
    secrets,
  };
  if (lookups) {
    const few = await createDatabase(url, 'bench_few');
    await seed(few, upstreamUrl, FEW_CREDENTIALS, 0);
    ground.few = { url: few };
  }
  if (lookups || needed.has('gateway-1m')) {
    const large = await createDatabase(url, 'bench_large');
    const keys = await seed(large, upstreamUrl, MANY_CREDENTIALS, MANY_USED);
    ground.large = { url: large, keysFile: keysFile('large', keys) };
  }
  if (needed.has('better-auth')) {
    const other = await createDatabase(url, 'bench_better_auth');
    const own = seedBetterAuth({ ...process.env, ...secrets, DATABASE_URL: other });
    ground.betterAuth = { url: other, keysFile: keysFile('better-auth', [own]) };
  }
  await checkpoint(url); // Otherwise the database writes the seeded data during the measurement.
  return ground;
}

async function checkpoint(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql`checkpoint`;
  await sql.end();
}

function report(samples: readonly Sample[], { seconds, rounds, results }: GatewaysOptions): Part {
  const rows = summarize(samples);
  const reached = targets(samples);
  keep(results, 'gateways', { load: loadTool, seconds, rounds, rows, targets: reached, samples });
  return {
    title: `Gateways: median of ${rounds} rounds of ${seconds} s`,
    table: table(rows),
    targets: reached,
  };
}
