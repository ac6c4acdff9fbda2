import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '#db/client.ts';
import { migrate } from '#db/migrate.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { gatewayFixture } from '#tests/support/gateway-fixture.ts';
import { freePort, type Running, responds, start, temporaryFolder, until } from '#tests/support/processes.ts';
import { stubUpstream } from '#tests/support/stub-upstream.ts';

/** Everything goes through PgBouncer in transaction mode: any version, with its default settings. */

const isInstalled = spawnSync('pgbouncer', ['--version']).status === 0;
if (!isInstalled)
  process.stdout.write('\nSKIPPED: PgBouncer is not installed, so nothing was tested through it.\n\n');

const folder = temporaryFolder();
let own: OwnDatabase;
let bouncer: ChildProcess | undefined;
let gateway: Running | undefined;
let pooledUrl: string;

beforeAll(async () => {
  if (!isInstalled) return;
  own = await ownDatabase('template0');
  const direct = new URL(own.url);
  const port = await freePort();
  const file = join(folder.path, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]
${direct.pathname.slice(1)} = host=127.0.0.1 port=${direct.port} user=${direct.username} password=${direct.password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
`,
  );
  chmodSync(folder.path, 0o755);
  chmodSync(file, 0o644);
  // It doesn't run as root.
  const command = ['pgbouncer', file];
  const [program, ...args] =
    process.getuid?.() === 0
      ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...command]
      : command;
  bouncer = spawn(program!, args, { stdio: 'ignore' });
  pooledUrl = own.url.replace(`:${direct.port}/`, `:${port}/`);
  await until(async () => {
    const { sql } = connect(pooledUrl, { max: 1 });
    // Whether it rejects the session settings or responds, it is running.
    return sql`select 1`
      .then(
        () => true,
        (error: Error) => !/ECONNREFUSED/.test(error.message),
      )
      .finally(() => sql.end({ timeout: 0 }));
  }, 'PgBouncer');
});

afterAll(async () => {
  await gateway?.stop();
  bouncer?.kill();
  await own?.drop();
  folder.remove();
});

test.runIf(isInstalled)(
  'migrations leave no lock behind, so every further start migrates immediately',
  async () => {
    for (let round = 0; round < 3; round++) {
      const startedAt = performance.now();
      await migrate(pooledUrl, { waitMs: 5_000 });
      if (round > 0) expect(performance.now() - startedAt).toBeLessThan(5_000);
    }
    expect(
      await own.sql`select count(*)::int as n from pg_locks where locktype = 'advisory' and database =
      (select oid from pg_database where datname = current_database())`,
    ).toEqual([{ n: 0 }]);
  },
);

test.runIf(isInstalled)('a gateway serves requests and records them', async () => {
  const upstream = await stubUpstream();
  const keys = await gatewayFixture(own.db, {
    stub: upstream.url,
    raw: upstream.rawUrl,
    closed: upstream.rawUrl,
  });
  const port = await freePort();
  gateway = start(['gateway.ts'], {
    DATABASE_URL: pooledUrl,
    DATABASE_LISTEN_URL: own.url,
    DATA_DIR: folder.path,
    GATEWAY_PORT: String(port),
  });
  await until(responds(`http://127.0.0.1:${port}/_/readyz`), 'the gateway');
  for (let i = 0; i < 20; i++) {
    const response = await fetch(`http://127.0.0.1:${port}/stub/ok`, {
      headers: { 'X-API-Key': keys.good.secretKey },
    });
    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  }
  const recorded = async () => {
    const [row] = await own.sql`select count(*)::int as n from usage_records where outcome = 'answered'`;
    return row!.n === 20;
  };
  await until(recorded, 'the requests in the database', 20_000);
  expect(gateway.output()).not.toMatch(/"level":"(error|fatal)"/);
  await upstream.stop();
});
