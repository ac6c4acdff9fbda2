import { spawnSync } from 'node:child_process';
import postgres from 'postgres';
import { connect } from '../db/client.ts';
import { migrate } from '../db/migrate.ts';
import { applications } from '../db/schema/applications.ts';
import { apis, endpoints } from '../db/schema/catalog.ts';
import { credentials } from '../db/schema/credentials.ts';
import { mintKeyPair } from '../lib/credentials/format.ts';

/** Requests per UTC day, and per second: more than any run makes. */
const DAILY_QUOTA = 2_000_000_000;
const BURST_REQUESTS = 1_000_000;
const ROWS_PER_INSERT = 2_000;
const CREDENTIALS_PER_TEAM = 100;
/** Teams whose keys are used, if there are more. */
const TEAMS_IN_USE = 1_000;

/** Creates a database beside the given one and returns its URL. */
export async function createDatabase(url: string, name: string): Promise<string> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(`create database ${name}`);
  await sql.end();
  return url.replace(/\/[^/]+$/, `/${name}`);
}

/**
 * Fills a database with this many credentials, a hundred per team, all connected to `GET /bench/ok` at the upstream.
 * Returns the secret keys that are used; consecutive ones belong to different teams.
 */
export async function seed(
  url: string,
  upstreamUrl: string,
  count: number,
  used: number = count,
): Promise<string[]> {
  await migrate(url);
  const { db, sql } = connect(url, { max: 1, statementTimeoutMs: 0 });
  const [api] = await db
    .insert(apis)
    .values({ slug: 'bench', title: 'Bench', openapi: '3.1.0', document: '{}', upstreamUrl })
    .returning({ id: apis.id });
  const [endpoint] = await db
    .insert(endpoints)
    .values({ apiId: api!.id, method: 'GET', path: '/ok' })
    .returning({ id: endpoints.id });

  const holders = Math.ceil(count / CREDENTIALS_PER_TEAM);
  await sql`
    insert into teams (id, slug, api_id, name, daily_quota, burst_requests, burst_window_seconds)
    select gen_random_uuid(), 'bench-' || n, 'team_bench_' || n, 'Bench ' || n, ${DAILY_QUOTA}::int, ${BURST_REQUESTS}::int, 1
    from generate_series(0, ${holders - 1}::int) n`;
  await sql`
    insert into applications (id, team_id, public_id, title)
    select gen_random_uuid(), id, 'app_bench_' || substr(slug, 7), 'Bench' from teams`;
  await sql`
    insert into application_endpoints (application_id, team_id, endpoint_id)
    select id, team_id, ${endpoint!.id} from applications`;

  const owned = await db
    .select({ teamId: applications.teamId, applicationId: applications.id })
    .from(applications)
    .orderBy(applications.publicId)
    .limit(TEAMS_IN_USE);
  const keys: string[] = [];
  for (let from = 0; from < used; from += ROWS_PER_INSERT) {
    const rows = Array.from({ length: Math.min(ROWS_PER_INSERT, used - from) }, (_, index) => {
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
  // The rest is generated in the database, as random as real keys: seconds for a million.
  await sql`
    insert into credentials (id, team_id, application_id, key_id, environment, name, secret_digest, secret_last_four)
    select gen_random_uuid(), a.team_id, a.id, substr(md5('bench' || n), 1, 16), 'production', 'Bench', sha256(n::text::bytea), 'aaaa'
    from (select team_id, id, row_number() over (order by public_id) - 1 as number from applications) a
    join generate_series(${used}::int, ${count - 1}::int) n on n % ${holders}::int = a.number`;
  await sql`vacuum analyze`;
  await sql.end();
  return keys;
}

/** Creates Better Auth's tables and one key in a database and returns the key. */
export function seedBetterAuth(env: NodeJS.ProcessEnv): string {
  const seeded = spawnSync(process.execPath, ['bench/candidates/better-auth-seed.mjs'], {
    env,
    encoding: 'utf8',
  });
  const key = seeded.stdout.trim().split('\n').pop();
  if (seeded.status !== 0 || !key) throw new Error(`Better Auth could not be prepared:\n${seeded.stderr}`);
  return key;
}
