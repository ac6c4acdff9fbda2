import { spawnSync } from 'node:child_process';
import postgres from 'postgres';
import { connect } from '../db/client.ts';
import { migrate } from '../db/migrate.ts';
import { applicationEndpoints, applications } from '../db/schema/applications.ts';
import { apis, endpoints } from '../db/schema/catalog.ts';
import { credentials } from '../db/schema/credentials.ts';
import { teams } from '../db/schema/teams.ts';
import { mintKeyPair } from '../lib/credentials/format.ts';

/** Calls a UTC day, and a second: more than any run makes. */
const DAILY_QUOTA = 2_000_000_000;
const BURST_REQUESTS = 1_000_000;
const ROWS_PER_INSERT = 2_000;
const CREDENTIALS_PER_TEAM = 100;

/** Creates a database beside the given one; answers its URL. */
export async function createDatabase(url: string, name: string): Promise<string> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(`create database ${name}`);
  await sql.end();
  return url.replace(/\/[^/]+$/, `/${name}`);
}

/**
 * Fills a database with so many credentials, a hundred a team, all connected to `GET /bench/ok` at the upstream.
 * Answers the secret keys, neighbours belonging to different teams.
 */
export async function seed(url: string, upstreamUrl: string, count: number): Promise<string[]> {
  await migrate(url);
  const { db, sql } = connect(url, { max: 1, statementTimeoutMs: 60_000 });
  const [api] = await db
    .insert(apis)
    .values({ slug: 'bench', title: 'Bench', openapi: '3.1.0', document: '{}', upstreamUrl })
    .returning({ id: apis.id });
  const [endpoint] = await db
    .insert(endpoints)
    .values({ apiId: api!.id, method: 'GET', path: '/ok' })
    .returning({ id: endpoints.id });

  const numbers = Array.from({ length: Math.ceil(count / CREDENTIALS_PER_TEAM) }, (_, index) => index);
  const holders = await db
    .insert(teams)
    .values(
      numbers.map((n) => ({
        slug: `bench-${n}`,
        apiId: `team_bench_${n}`,
        name: `Bench ${n}`,
        dailyQuota: DAILY_QUOTA,
        burstRequests: BURST_REQUESTS,
        burstWindowSeconds: 1,
      })),
    )
    .returning({ teamId: teams.id });
  const owned = await db
    .insert(applications)
    .values(holders.map(({ teamId }, n) => ({ teamId, publicId: `app_bench_${n}`, title: 'Bench' })))
    .returning({ teamId: applications.teamId, applicationId: applications.id });
  await db
    .insert(applicationEndpoints)
    .values(owned.map((application) => ({ ...application, endpointId: endpoint!.id })));

  const keys: string[] = [];
  for (let from = 0; from < count; from += ROWS_PER_INSERT) {
    const rows = Array.from({ length: Math.min(ROWS_PER_INSERT, count - from) }, (_, index) => {
      const { keyId, secretKey, secretDigest, secretLastFour } = mintKeyPair('production');
      keys.push(secretKey);
      return {
        ...owned[(from + index) % owned.length]!,
        keyId,
        secretDigest,
        secretLastFour,
        environment: 'production' as const,
        name: 'Bench',
      };
    });
    await db.insert(credentials).values(rows);
  }
  await sql`vacuum analyze`;
  await sql.end();
  return keys;
}

/** Makes Better Auth's tables and one key in a database; answers the key. */
export function seedBetterAuth(env: NodeJS.ProcessEnv): string {
  const seeded = spawnSync(process.execPath, ['bench/candidates/better-auth-seed.mjs'], {
    env,
    encoding: 'utf8',
  });
  const key = seeded.stdout.trim().split('\n').pop();
  if (seeded.status !== 0 || !key) throw new Error(`Better Auth could not be prepared:\n${seeded.stderr}`);
  return key;
}
