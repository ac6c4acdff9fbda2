import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '#db/client.ts';
import { type Embedded, startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { PortalClient } from '#tests/support/portal-client.ts';
import { freePort, type Running, start, temporaryFolder, until } from '#tests/support/processes.ts';

/** The portal while PostgreSQL hangs, is unavailable, or can't be written to. Its logs contain no values from clients. */

const folder = temporaryFolder();
let postgres: Embedded;
let portal: Running;
let origin: string;

/** Values that the client sends in every place, none of which may be logged. */
const PLANTED = {
  email: 'planted-email-4711@example.com',
  password: 'planted-password-4711-long-enough',
  name: 'Planted Name 4711',
  query: 'planted-query-4711',
  header: 'planted-header-4711',
  cookie: 'planted-cookie-4711',
  token: 'planted-token-4711',
};

beforeAll(async () => {
  postgres = await startEmbedded(folder.path, ['fsync=off']);
  await migrate(postgres.url);
  const port = await freePort();
  origin = `http://localhost:${port}`;
  portal = start(['node_modules/next/dist/bin/next', 'start', '-p', String(port)], {
    DATABASE_URL: postgres.url,
    DATA_DIR: folder.path,
    PORT: String(port),
    PORTAL_URL: origin,
    GATEWAY_URL: `${origin}/gateway`,
    LATCHKEY_ENV: 'development',
    NODE_ENV: 'production',
  });
  await until(async () => (await get('/api/ready')).status === 200, 'the portal');
});

afterAll(async () => {
  await portal?.stop('SIGKILL');
  await postgres?.stop();
  folder.remove();
});

const headers = {
  accept: 'text/html',
  origin: 'http://localhost',
  'user-agent': PLANTED.header,
  'x-forwarded-host': PLANTED.header,
  'next-action': PLANTED.header,
  cookie: `next-auth.session-token=${PLANTED.cookie}; other=${PLANTED.cookie}`,
};

async function get(path: string, init: RequestInit = {}) {
  const startedAt = performance.now();
  const response = await fetch(`${origin}${path}`, { redirect: 'manual', ...init });
  const text = await response.text();
  return { status: response.status, text, tookMs: performance.now() - startedAt, headers: response.headers };
}

/** Requests of all kinds: pages with tokens, forms, actions, sign-in, and malformed requests. */
async function everything(): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(PLANTED)) form.append(name, value);
  const json = JSON.stringify(PLANTED);
  const posts: RequestInit[] = [
    { body: form },
    { body: new URLSearchParams(PLANTED), headers: { ...headers, origin } },
    { body: json, headers: { ...headers, origin, 'content-type': 'application/json' } },
    { body: `{${json}`, headers: { ...headers, origin, 'content-type': 'text/plain;charset=UTF-8' } },
    { body: form, headers: { ...headers, origin } },
  ];
  const paths = [
    `/sign-in?email=${PLANTED.query}`,
    `/sign-up?email=${PLANTED.query}`,
    `/invitations/${PLANTED.token}?q=${PLANTED.query}`,
    `/reset-password/${PLANTED.token}`,
    `/verify-email/${PLANTED.token}`,
    `/t/${PLANTED.token}/api-keys?search=${PLANTED.query}`,
    `/found-a-key?key=${PLANTED.query}`,
    `/api/auth/session?x=${PLANTED.query}`,
    '/api/auth/callback/credentials',
    `/api/secret-scanning?x=${PLANTED.query}`,
    `/gateway/${PLANTED.token}?key=${PLANTED.query}`,
  ];
  const ended = (path: string, init: RequestInit) => get(path, init).catch(() => {}); // An interrupted request is fine too.
  await Promise.all(
    paths.flatMap((path) => [
      ended(path, { headers }),
      ...posts.map((post) => ended(path, { method: 'POST', headers, ...post })),
    ]),
  );
}

/** A sign-up as the page sends it. */
const signUp = () =>
  new PortalClient(origin).act('app/(entry)/actions.ts#signUpAction', '/sign-up', [{ status: 'idle' }], {
    name: PLANTED.name,
    email: PLANTED.email,
    password: PLANTED.password,
  });

const signal = (name: NodeJS.Signals) => {
  // Stops every process of the server, like a machine that hangs.
  process.kill(postgres.process.pid!, name);
};

test('with a database the portal is healthy and ready', async () => {
  expect(await get('/api/health')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  expect(await get('/api/ready')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  const page = await get('/sign-in');
  expect([page.status, page.headers.get('x-request-id')?.length]).toEqual([200, 36]);
});

test('with a read-only database it isn’t ready, and a failed sign-up is logged with its cause and without values', async () => {
  const { sql } = connect(postgres.url, { max: 1 });
  await sql`alter database latchkey set default_transaction_read_only = on`;
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = 'latchkey'`;
  await until(
    async () => (await get('/api/ready')).text.includes('database_read_only'),
    'a read-only database',
  );
  const before = portal.output().length;
  await signUp();
  const failed = () =>
    portal
      .output()
      .slice(before)
      .split('\n')
      .find((line) => line.includes('"route":"/sign-up"') && line.includes('"code":"25006"'));
  await until(() => failed() !== undefined, 'the cause in the log', 10_000);
  expect(JSON.parse(failed()!)).toMatchObject({
    level: 'error',
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    method: 'POST',
    err: {
      stack: expect.stringContaining(' at '),
      cause: { code: '25006', message: expect.stringContaining('read-only') },
    },
  });
  await everything();
  await sql`set default_transaction_read_only = off`;
  await sql`alter database latchkey reset default_transaction_read_only`;
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = 'latchkey'`;
  await sql.end();
  await until(async () => (await get('/api/ready')).status === 200, 'the portal is ready again');
});

test('with a database that hangs, every page returns 503 within five seconds, and recovers', async () => {
  signal('SIGSTOP');
  try {
    for (const child of backends()) process.kill(child, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 100)); // For 50 ms, its last response still counts.
    const inFlight = await Promise.all(
      ['/sign-in', '/', '/sign-up'].map((path) => get(path, { headers: { accept: 'text/html' } })),
    );
    for (const page of inFlight) {
      expect(page.status).toBe(503);
      expect(page.tookMs).toBeLessThan(5_000);
      expect(page.headers.get('retry-after')).toBe('5');
      expect(page.text).toContain('temporarily unavailable');
    }
    const post = await get('/api/auth/callback/credentials', {
      method: 'POST',
      body: new URLSearchParams({ email: PLANTED.email, password: PLANTED.password, json: 'true' }),
      headers: { origin },
    });
    expect([post.status, post.tookMs < 5_000]).toEqual([503, true]);
    expect(await get('/api/ready')).toMatchObject({
      status: 503,
      text: expect.stringContaining('database_unavailable'),
    });
    expect((await get('/api/health')).status).toBe(200);
    await everything();
  } finally {
    for (const child of backends()) process.kill(child, 'SIGCONT');
    signal('SIGCONT');
  }
  await until(async () => (await get('/sign-in')).status === 200, 'the sign-in page', 20_000);
});

test('without a database, pages return 503 immediately, and values from clients are never logged', async () => {
  await postgres.stop();
  expect(await get('/sign-in')).toMatchObject({ status: 503 });
  expect((await get('/api/health')).status).toBe(200);
  await everything();
  await new Promise((resolve) => setTimeout(resolve, 2_000)); // Jobs, emails and the gateway fail in the meantime.

  const output = portal.output();
  expect(output).toContain('The database is unavailable');
  const leaks = output.split('\n').filter((line) => /4711|argon2|Planted/i.test(line));
  expect(leaks).toEqual([]);
  const records = output.split('\n').filter((line) => line.startsWith('{'));
  for (const record of records)
    expect(JSON.parse(record)).toMatchObject({ level: expect.any(String), time: expect.any(String) });
});

/** The server's child processes. */
function backends(): number[] {
  const { readdirSync, readFileSync } = process.getBuiltinModule('node:fs');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === postgres.process.pid;
      } catch {
        return false; // It has just ended.
      }
    });
}
