import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type postgres from 'postgres';
import { connect } from '../db/client.ts';
import { startEmbedded } from '../db/embedded.ts';
import { migrate } from '../db/migrate.ts';
import { ingestSegments } from '../lib/metering/ingest.ts';
import { type Population, populate, seededId, spooledCalls } from './ingest-lines.ts';
import { openPages } from './open-pages.ts';
import { atLeast, fixed, keep, markdown, median, type Part, percentile, whole } from './part.ts';
import { cpuSeconds } from './process-costs.ts';
import { seedHolders } from './seed-usage.ts';

/**
 * How fast usage is written to the database: whole segments with every rollup as the shipper writes them, compared with
 * plain INSERTs of a thousand rows; each with and without pages being read. Alternating in one run, each for a fixed
 * number of seconds of writing.
 */
const TEAMS = 1_000;
/** What the shipper writes at once under load: two full segments. */
const CALLS_PER_SEGMENT = 9_000;
const SEGMENTS = 2;
const ROWS_PER_INSERT = 1_000;
const BATCHES = 4;
/** Pause between two pages; a page is the reads of the usage page and the log. */
const PAGE_PAUSE_MS = 100;

type Way = 'ingest' | 'rows alone';
type Sample = {
  way: Way;
  reading: boolean;
  round: number;
  rowsPerSecond: number;
  pageP50Ms: number;
  pageP95Ms: number;
  /** CPU of PostgreSQL, including reads; null where it can't be read. */
  cpuMicrosPerRow: number | null;
};
type Ground = { url: string; databasePid: number; population: Population; seconds: number };

async function measure(
  { url, databasePid, population, seconds }: Ground,
  way: Way,
  reading: boolean,
): Promise<Omit<Sample, 'way' | 'reading' | 'round'>> {
  const { sql } = connect(url, { max: 1, statementTimeoutMs: 60_000 });
  const reader = connect(url, { max: 5, statementTimeoutMs: 60_000 });
  const pages: number[] = [];
  let goesOn = true;
  const readPages = async () => {
    while (goesOn) {
      const began = performance.now();
      await openPages(reader.db, seededId(`team${Math.floor(TEAMS ** Math.random()) - 1}`));
      pages.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, PAGE_PAUSE_MS));
    }
  };
  let rows = 0;
  let spentMs = 0;
  let cpu: number | null = 0;
  // Query plans are made before the clock starts.
  await batch(sql, way, population)();
  const done = reading ? readPages() : Promise.resolve();
  try {
    while (spentMs < seconds * 1000) {
      const batches = Array.from({ length: BATCHES }, () => batch(sql, way, population));
      const began = performance.now();
      const before = cpuSeconds(databasePid);
      for (const write of batches) rows += await write();
      spentMs += performance.now() - began;
      const after = cpuSeconds(databasePid);
      cpu = cpu === null || before === null || after === null ? null : cpu + after - before;
    }
  } finally {
    goesOn = false;
    await done;
    await Promise.all([sql.end(), reader.sql.end()]);
  }
  return {
    rowsPerSecond: rows / (spentMs / 1000),
    pageP50Ms: percentile(pages, 0.5),
    pageP95Ms: percentile(pages, 0.95),
    cpuMicrosPerRow: cpu === null ? null : (cpu * 1e6) / rows,
  };
}

/** Prepares one batch. The returned function writes it and returns how many requests it had. */
function batch(sql: postgres.Sql, way: Way, population: Population): () => Promise<number> {
  const now = Date.now();
  const day = new Date(now).toISOString().slice(0, 10);
  const segments = Array.from({ length: SEGMENTS }, () => ({
    id: `${population.nodeId}/${crypto.randomUUID()}`,
    ...spooledCalls(population, CALLS_PER_SEGMENT, now, day),
  }));
  const calls = SEGMENTS * CALLS_PER_SEGMENT;
  if (way === 'ingest') {
    return async () => {
      await ingestSegments(sql, population.nodeId, segments);
      return calls;
    };
  }
  const rows = segments.flatMap(({ text }) => rowsOf(text, population.nodeId));
  const statements: string[] = [];
  for (let from = 0; from < rows.length; from += ROWS_PER_INSERT)
    statements.push(`${INSERT} ${rows.slice(from, from + ROWS_PER_INSERT).join(',')}`);
  return async () => {
    for (const statement of statements) await sql.unsafe(statement);
    return calls;
  };
}

const INSERT = `insert into usage_records (id, at, day, team_id, application_id, credential_id, member_id, environment, api_id,
  endpoint_id, method, path, client_ip, user_agent, outcome, status, reason, counted, latency_ms, bytes_in, bytes_out, node_id) values`;

/** The rows that these lines describe, as SQL. */
function rowsOf(text: string, nodeId: string): string[] {
  const literal = (value: unknown) =>
    typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
  const lines = text.split('\n').map((line) => JSON.parse(line) as unknown[]); // Written by ingest-lines.ts.
  const ends = new Map(lines.filter(([kind]) => kind === 'c').map((line) => [line[1], line]));
  return lines
    .filter(([kind]) => kind !== 'c')
    .map(([, id, atMs, ...subject]) => {
      const end = ends.get(id)?.slice(2) ?? ['refused', subject[12], subject[13], false, subject[14], 0, 0];
      const at = new Date(Number(atMs)).toISOString();
      return `(${[id, at, ...subject.slice(0, 12), ...end, nodeId].map(literal).join(',')})`;
    });
}

export async function runIngest(options: {
  seconds: number;
  rounds: number;
  results: string;
}): Promise<Part> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-ingest-'));
  const embedded = await startEmbedded(folder);
  const samples: Sample[] = [];
  try {
    await migrate(embedded.url);
    const { sql } = connect(embedded.url, { max: 1, statementTimeoutMs: 0 });
    await seedHolders(sql, TEAMS);
    await sql`vacuum analyze`;
    const ground = {
      url: embedded.url,
      databasePid: embedded.process.pid ?? 0,
      population: populate(TEAMS),
      seconds: options.seconds,
    };
    const ways = (['rows alone', 'ingest'] as const).flatMap((way) => [
      { way, reading: false },
      { way, reading: true },
    ]);
    for (let round = 1; round <= options.rounds; round++) {
      for (const { way, reading } of round % 2 === 1 ? ways : ways.toReversed()) {
        const sample = { way, reading, round, ...(await measure(ground, way, reading)) };
        samples.push(sample);
        console.log(
          `round ${round}  ${way}${reading ? ', pages read' : ''}: ${whole(sample.rowsPerSecond)} rows/s, ${fixed(sample.cpuMicrosPerRow, 1)} µs of database CPU a row`,
        );
        await sql`checkpoint`; // Write what this variant left in memory before the next one starts.
      }
    }
    await sql.end();
  } finally {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return report(samples, options);
}

function report(
  samples: readonly Sample[],
  { seconds, rounds, results }: { seconds: number; rounds: number; results: string },
): Part {
  const of = (way: Way, reading: boolean) =>
    samples
      .filter((sample) => sample.way === way && sample.reading === reading)
      .sort((a, b) => a.round - b.round);
  const ratio = (reading: boolean) =>
    median(
      of('ingest', reading).map(
        (sample, n) => sample.rowsPerSecond / of('rows alone', reading)[n]!.rowsPerSecond,
      ),
    );
  const middle = (way: Way, reading: boolean, figure: 'rowsPerSecond' | 'cpuMicrosPerRow' | 'pageP95Ms') =>
    median(of(way, reading).map((sample) => sample[figure]));
  const row = (way: Way, reading: boolean) => [
    way === 'ingest' ? 'rows with all of their sums' : 'rows alone, plain INSERT',
    reading ? 'yes' : 'no',
    whole(middle(way, reading, 'rowsPerSecond') ?? 0),
    way === 'ingest' ? fixed(ratio(reading), 2) : '1.00',
    fixed(middle(way, reading, 'cpuMicrosPerRow'), 1),
    reading ? fixed(middle(way, reading, 'pageP95Ms'), 0) : '–',
  ];
  keep(results, 'ingest', { seconds, rounds, ratio: ratio(true), ratioUndisturbed: ratio(false), samples });
  return {
    title: 'Usage into the database',
    table: markdown(
      ['what', 'pages read', 'rows/s', 'of rows alone', 'database CPU µs a row', 'page p95 ms'],
      [row('rows alone', false), row('ingest', false), row('rows alone', true), row('ingest', true)],
      ['what', 'pages read'],
    ),
    targets: [
      atLeast(
        'rows/s with all sums while pages are read, at least 20,000',
        20_000,
        middle('ingest', true, 'rowsPerSecond'),
      ),
    ],
  };
}
