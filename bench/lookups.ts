import type postgres from 'postgres';
import { connect } from '../db/client.ts';
import { openAdmission } from '../lib/admission/admission.ts';
import { atLeast, fixed, keep, markdown, median, type Part, percentile, whole } from './part.ts';

/**
 * Lookups of credentials that aren't in memory: each is a query, with as many connections as a gateway has. Alternates
 * between a database with few credentials and one with many.
 */
const AT_ONCE = 32;
const CONNECTIONS = 6;
const WARM_SECONDS = 2;
/** The databases alternate often, so that other load on the machine affects both. */
const SLICE_SECONDS = 0.5;
/** More keys than one round looks up, so that they rarely repeat. */
const KEYS_MAX = 200_000;

type Sample = { credentials: number; round: number; lookupsPerSecond: number; p50Ms: number; p95Ms: number };

export type LookupsOptions = {
  /** Databases by the number of their credentials. */
  databases: { credentials: number; url: string }[];
  seconds: number;
  rounds: number;
  results: string;
};

export async function runLookups({ databases, seconds, rounds, results }: LookupsOptions): Promise<Part> {
  const samples: Sample[] = [];
  const opened = await Promise.all(
    databases.map(async ({ credentials, url }) => {
      const { sql } = connect(url, { max: CONNECTIONS });
      return { credentials, sql, keys: await keysOf(sql) };
    }),
  );
  try {
    for (const { sql, keys } of opened) await lookUp(sql, keys, WARM_SECONDS);
    const pairs = Math.ceil((rounds * seconds) / SLICE_SECONDS);
    for (let round = 1; round <= pairs; round++) {
      for (const { credentials, sql, keys } of round % 2 === 1 ? opened : opened.toReversed())
        samples.push({ credentials, round, ...(await lookUp(sql, keys, SLICE_SECONDS)) });
    }
  } finally {
    await Promise.all(opened.map(({ sql }) => sql.end()));
  }
  const of = (credentials: number) => samples.filter((sample) => sample.credentials === credentials);
  const [few, many] = [databases[0]!.credentials, databases.at(-1)!.credentials];
  const rateIn = (credentials: number, round: number) =>
    of(credentials).find((sample) => sample.round === round)!.lookupsPerSecond;
  const ratio = median(of(many).map(({ round }) => rateIn(many, round) / rateIn(few, round)));
  console.log(`lookups among ${whole(many)}: ${fixed(ratio, 2)} of those among ${whole(few)}`);
  keep(results, 'lookups', { seconds, rounds, ratio, samples });
  return {
    title: `Lookups of credentials that are not in memory, ${AT_ONCE} at a time`,
    table: markdown(
      ['credentials', 'lookups/s', 'p50 ms', 'p95 ms'],
      databases.map(({ credentials }) => [
        whole(credentials),
        whole(median(of(credentials).map((sample) => sample.lookupsPerSecond)) ?? 0),
        fixed(median(of(credentials).map((sample) => sample.p50Ms)), 2),
        fixed(median(of(credentials).map((sample) => sample.p95Ms)), 2),
      ]),
    ),
    targets: [
      atLeast(
        `lookups among ${whole(many)} credentials at least 0.9 of those among ${whole(few)}`,
        0.9,
        ratio,
      ),
    ],
  };
}

async function lookUp(sql: postgres.Sql, keys: readonly string[], seconds: number) {
  const { find } = openAdmission({ sql, mayUseCache: () => false });
  const times: number[] = [];
  const began = performance.now();
  const until = began + seconds * 1_000;
  const work = async () => {
    for (let at = performance.now(); at < until; ) {
      const key = keys[Math.floor(Math.random() * keys.length)]!;
      if (!(await find(key))) throw new Error(`The key ${key} was not found.`);
      const now = performance.now();
      times.push(now - at);
      at = now;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const lookupsPerSecond = times.length / ((performance.now() - began) / 1_000);
  return { lookupsPerSecond, p50Ms: percentile(times, 0.5), p95Ms: percentile(times, 0.95) };
}

async function keysOf(sql: postgres.Sql): Promise<string[]> {
  // Ordered by random IDs: a sample of the whole table.
  const rows = await sql<{ key: string }[]>`
    select key_id as key from credentials order by md5(key_id) limit ${KEYS_MAX}`;
  return rows.map(({ key }) => key);
}
