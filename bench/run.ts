import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import { startEmbedded } from '../db/embedded.ts';
import type { CandidateName, Ground } from './candidates.ts';
import { loadTool } from './load.ts';
import { freePort, start } from './processes.ts';
import { summarise, table, targetLines, targets } from './report.ts';
import { createDatabase, seed, seedBetterAuth } from './seed.ts';
import { type Sample, visit } from './visit.ts';

export type BenchOptions = { names: CandidateName[]; seconds: number; rounds: number; jsonFile: string };

const LARGE_CREDENTIALS = 100_000;
const LARGE_USED = 10_000;

/** Measures the candidates in turn, prints the table and writes the results. */
export async function runBench({ names, seconds, rounds, jsonFile }: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const embedded = await startEmbedded(folder);
  process.once('exit', () => {
    embedded.process.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const upstreamPort = await freePort();
  const upstream = start({
    command: process.execPath,
    args: ['bench/upstream.mjs'],
    env: { NODE_ENV: 'production', PORT: String(upstreamPort) },
  });
  try {
    console.log('Preparing the databases …');
    const ground = await prepare(folder, embedded.url, `http://127.0.0.1:${upstreamPort}`, names);
    const databasePid = embedded.process.pid ?? 0;
    const samples: Sample[] = [];
    for (let round = 1; round <= rounds; round++) {
      // Every other round backwards: what slows the machine for a while then hits the same candidate less often.
      for (const name of round % 2 === 1 ? names : names.toReversed()) {
        const taken = await visit(name, { ground, round, seconds, folder, databasePid });
        samples.push(...taken);
        const figures = taken.map((s) => `${Math.round(s.requestsPerSecond)}/s at ${s.connections}`);
        console.log(`round ${round}  ${name}  ${figures.join(', ')}`);
        // What this one has left to write to disk is not the next one's burden.
        await checkpoint(embedded.url);
      }
    }
    report(samples, { seconds, rounds, jsonFile });
  } finally {
    await upstream.stop();
    await embedded.stop();
  }
}

async function prepare(
  folder: string,
  url: string,
  upstreamUrl: string,
  names: readonly CandidateName[],
): Promise<Ground> {
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
    large: undefined,
    betterAuth: undefined,
    secrets,
  };
  if (names.includes('gateway-100k')) {
    const large = await createDatabase(url, 'bench_large');
    const keys = await seed(large, upstreamUrl, LARGE_CREDENTIALS);
    ground.large = { url: large, keysFile: keysFile('large', keys.slice(0, LARGE_USED)) };
  }
  if (names.includes('better-auth')) {
    const other = await createDatabase(url, 'bench_better_auth');
    const own = seedBetterAuth({ ...process.env, ...secrets, DATABASE_URL: other });
    ground.betterAuth = { url: other, keysFile: keysFile('better-auth', [own]) };
  }
  return ground;
}

async function checkpoint(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql`checkpoint`;
  await sql.end();
}

function report(
  samples: readonly Sample[],
  { seconds, rounds, jsonFile }: Omit<BenchOptions, 'names'>,
): void {
  const rows = summarise(samples);
  const reached = targets(samples);
  const machine = {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    load: loadTool,
    seconds,
    rounds,
  };
  mkdirSync(dirname(jsonFile), { recursive: true });
  writeFileSync(jsonFile, `${JSON.stringify({ machine, rows, targets: reached, samples }, null, 2)}\n`);
  console.log(
    `\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.load}, ${machine.date}`,
  );
  console.log(`Median of ${rounds} rounds of ${seconds} s\n\n${table(rows)}\n\n${targetLines(reached)}\n`);
  console.log(`Written to ${jsonFile}.`);
}
