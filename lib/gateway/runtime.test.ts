import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { ArchiveApplication, archiveApplication } from '#lib/applications/archive-application.ts';
import { connectEndpoints } from '#lib/applications/connect-endpoints.ts';
import { setApplicationCap } from '#lib/applications/set-application-cap.ts';
import { EditCredential, editCredential } from '#lib/credentials/edit-credential.ts';
import { pauseCredential } from '#lib/credentials/pause-credential.ts';
import { restrictCredential } from '#lib/credentials/restrict-credential.ts';
import { revokeCredential } from '#lib/credentials/revoke-credential.ts';
import { RotateCredential, rotateCredential } from '#lib/credentials/rotate-credential.ts';
import { parseEnv } from '#lib/env.ts';
import { setMemberCap } from '#lib/members/set-member-cap.ts';
import { suspendMember } from '#lib/members/suspend-member.ts';
import { log } from '#lib/process/log.ts';
import { deleteTeam } from '#lib/teams/delete-team.ts';
import { SetLimits, setLimits } from '#lib/teams/set-limits.ts';
import { setProductionReserve } from '#lib/teams/set-production-reserve.ts';
import { signTicket, TICKET_HEADER } from '#lib/tester/ticket.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { settings } from '#tests/support/settings.ts';
import { createGateway } from './create-gateway.ts';
import { createNodeServer } from './node-mount.ts';
import { startGatewayRuntime } from './runtime.ts';
import { gatewayOptions, nodeMountOptions, runtimeOptions } from './settings.ts';

/** The whole gateway with a real database and real sockets, and the portal's verbs. */

let own: OwnDatabase;
let folder: string;
let upstream: Server;
let upstreamUrl: string;
let hits = 0;
let ends: (() => Promise<unknown>)[] = [];
let endpointIds: { open: string; production: string };

const listening = async (server: Server) => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // TCP, just opened.
};

beforeAll(async () => {
  own = await ownDatabase();
  folder = await mkdtemp(join(tmpdir(), 'latchkey-runtime-'));
  upstream = createServer((_request, response) => {
    hits++;
    response.writeHead(200, { 'Content-Length': '2' }).end('ok');
  });
  upstreamUrl = await listening(upstream);
  const [api] = await own.db
    .insert(apis)
    .values({ slug: 'stub', title: 'stub', openapi: '3.1.0', document: '{}', upstreamUrl })
    .returning();
  const rows = await own.db
    .insert(endpoints)
    .values([
      { apiId: api!.id, method: 'GET', path: '/ok' },
      { apiId: api!.id, method: 'GET', path: '/production', productionOnly: true },
    ])
    .returning();
  endpointIds = { open: rows[0]!.id, production: rows[1]!.id };
});

afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

afterAll(async () => {
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  await own.drop();
  await rm(folder, { recursive: true, force: true });
});

async function aGateway() {
  const environment = parseEnv({
    NODE_ENV: 'test',
    DATA_DIR: folder,
    LATCHKEY_ENCRYPTION_KEY: settings.encryptionKey,
  });
  const runtime = await startGatewayRuntime(runtimeOptions('node', environment, own.url));
  const gateway = createGateway(runtime.ports, gatewayOptions('node', environment));
  const { server } = createNodeServer(gateway, runtime.health, nodeMountOptions(environment));
  const url = await listening(server);
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await gateway.close();
    await runtime.stop();
  });
  const call = async (secretKey: string, path = '/stub/ok', headers: Record<string, string> = {}) => {
    const answer = await fetch(url + path, {
      headers: secretKey ? { 'X-API-Key': secretKey, ...headers } : headers,
    });
    const text = await answer.text();
    const problem = text.startsWith('{') ? (JSON.parse(text) as { code: string }) : null;
    return { status: answer.status, code: problem?.code ?? null, headers: answer.headers };
  };
  return { url, call, code: async (secretKey: string, path?: string) => (await call(secretKey, path)).code };
}

/** A key of an application that is connected to everything. Optionally a member's own key. */
async function aScene(values: Partial<typeof credentials.$inferInsert> = {}, isOwn = false) {
  const owner = await aMember(own.db, 'owner');
  const member = await aMember(own.db, 'member', owner);
  const application = await anApplication(own.db, owner);
  await own.db.insert(applicationEndpoints).values(
    Object.values(endpointIds).map((endpointId) => ({
      teamId: owner.teamId,
      applicationId: application.id,
      endpointId,
    })),
  );
  const memberId = isOwn ? { memberId: member.memberId } : {};
  return {
    owner,
    member,
    application,
    key: await aCredential(own.db, application, { ...memberId, ...values }),
  };
}

type Scene = Awaited<ReturnType<typeof aScene>>;
const context = (member: Member) => ({ db: own.db, member, settings });
const limits = {
  dailyQuota: '',
  burstRequests: '',
  burstWindowSeconds: '',
  retentionDays: '',
  membersMax: '',
  applicationsMax: '',
};
const someLimits = (teamId: string, values: Partial<typeof limits>) =>
  setLimits(
    { db: own.db, operator: 'operator', settings },
    SetLimits.parse({ teamId, ...limits, ...values }),
  );

test.each([
  ['pausing a key', 'credential_paused', (s) => pauseCredential(context(s.owner), s.key)],
  ['revoking a key', 'credential_revoked', (s) => revokeCredential(context(s.owner), s.key)],
  [
    'an expiration before the request',
    'credential_expired',
    async (s) => {
      await own.db
        .update(credentials)
        .set({ expiresAt: new Date(Date.now() - 1) })
        .where(eq(credentials.id, s.key.id));
      return editCredential(context(s.owner), EditCredential.parse({ keyId: s.key.keyId, dailyLimit: '5' }));
    },
  ],
  [
    'removing an address from the list',
    'ip_not_allowed',
    (s) =>
      restrictCredential(context(s.owner), {
        keyId: s.key.keyId,
        allowedIps: ['203.0.113.9'],
        allowedDomains: [],
      }),
  ],
  [
    'suspending a member',
    'member_suspended',
    (s) => suspendMember(context(s.owner), { memberId: s.member.memberId }),
  ],
  [
    'disconnecting an endpoint',
    'endpoint_not_connected',
    (s) =>
      connectEndpoints(context(s.owner), {
        appId: s.application.publicId,
        endpointIds: [endpointIds.production],
      }),
  ],
  [
    'archiving an application',
    'credential_paused',
    (s) => archiveApplication(context(s.owner), ArchiveApplication.parse({ appId: s.application.publicId })),
  ],
  ['a smaller quota', 'quota_exceeded', (s) => someLimits(s.owner.teamId, { dailyQuota: '1' })],
  [
    'a smaller burst',
    'rate_limited',
    (s) => someLimits(s.owner.teamId, { burstRequests: '1', burstWindowSeconds: '3600' }),
  ],
  [
    'a limit of the key',
    'key_limit_exceeded',
    (s) => editCredential(context(s.owner), EditCredential.parse({ keyId: s.key.keyId, dailyLimit: '1' })),
  ],
  [
    'a limit of the application',
    'application_limit_exceeded',
    (s) => setApplicationCap(context(s.owner), { appId: s.application.publicId, dailyCap: 0 }),
  ],
  [
    'a limit of the member',
    'member_limit_exceeded',
    (s) => setMemberCap(context(s.owner), { memberId: s.member.memberId, dailyCap: 0 }),
  ],
  [
    'a reserve for Production',
    'production_reserved',
    (s) => setProductionReserve(context(s.owner), { reserve: 10_000 }),
  ],
] as [string, string, (scene: Scene) => Promise<unknown>][])(
  '%s applies to the next request: %s',
  async (_case, code, act) => {
    const gateway = await aGateway();
    const scene = await aScene({}, true);
    expect(await gateway.code(scene.key.secretKey)).toBeNull();
    expect(await gateway.code(scene.key.secretKey), 'and again, from memory').toBeNull();

    const done = (await act(scene)) as { ok?: boolean };

    expect(done.ok ?? true).toBe(true);
    const seen = hits;
    let last: string | null = null;
    // A limit that is set now includes earlier requests once they are recorded.
    for (let i = 0; i < (code.endsWith('_exceeded') ? 4 : 1); i++)
      last = await gateway.code(scene.key.secretKey);
    expect(last).toBe(code);
    if (!code.endsWith('_exceeded')) expect(hits).toBe(seen);
  },
);

test('deleting a team disables all of its keys from the next request', async () => {
  const gateway = await aGateway();
  const { owner, key } = await aScene();
  expect(await gateway.code(key.secretKey)).toBeNull();
  const [team] = await own.sql`select name from teams where id = ${owner.teamId}`;

  expect(await deleteTeam(context(owner), { name: team!.name })).toMatchObject({ ok: true });

  expect(await gateway.code(key.secretKey)).toBe('credential_revoked');
});

test('a Production-only endpoint accepts Production keys only', async () => {
  const gateway = await aGateway();
  const development = await aScene();
  const production = await aScene({ environment: 'production' });
  expect(await gateway.code(development.key.secretKey, '/stub/production')).toBe('environment_not_allowed');
  expect(await gateway.code(production.key.secretKey, '/stub/production')).toBeNull();
});

test('a rotated key works until it expires, and one whose successor was never used keeps working', async () => {
  const gateway = await aGateway();
  const soon = await aScene({ retiresAt: new Date(Date.now() + 1_500) });
  const past = await aScene({
    retiresAt: new Date(Date.now() - 1),
    expiresAt: new Date(Date.now() + 60_000),
  });
  const open = await aScene({ retiresAfterFirstUse: true });
  expect(await gateway.code(soon.key.secretKey)).toBeNull();
  expect(await gateway.code(past.key.secretKey)).toBe('credential_expired');
  expect(await gateway.code(open.key.secretKey)).toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 1_700));
  expect(await gateway.code(soon.key.secretKey)).toBe('credential_expired');
});

test("a rotation doesn't reset a key's limit", async () => {
  const gateway = await aGateway();
  const { owner, key } = await aScene({ dailyLimit: 5 });
  for (let i = 0; i < 3; i++) expect(await gateway.code(key.secretKey)).toBeNull();
  const input = RotateCredential.parse({ keyId: key.keyId, overlap: '24h' });

  const rotated = await rotateCredential(context(owner), input);

  if (!rotated.ok) throw new Error(rotated.reason);
  const codes = [];
  for (let i = 0; i < 4; i++) codes.push(await gateway.code(rotated.keys.secretKey));
  expect(codes).toEqual([null, null, 'key_limit_exceeded', 'key_limit_exceeded']);
});

test('a 429 names the limit, what remains, and when to retry', async () => {
  const gateway = await aGateway();
  const { owner, key } = await aScene();
  await someLimits(owner.teamId, { dailyQuota: '3', burstRequests: '50', burstWindowSeconds: '10' });
  const first = await gateway.call(key.secretKey);
  expect(first.headers.get('ratelimit-policy')).toBe('"burst";q=50;w=10, "daily";q=3;w=86400');
  expect(first.headers.get('ratelimit')).toMatch(/^"burst";r=\d+;t=1, "daily";r=2;t=\d+$/);
  for (let i = 0; i < 2; i++) await gateway.call(key.secretKey);
  const last = await gateway.call(key.secretKey);
  expect(last).toMatchObject({ status: 429, code: 'quota_exceeded' });
  const secondsLeft = Math.ceil((86_400_000 - (Date.now() % 86_400_000)) / 1_000);
  expect(Math.abs(Number(last.headers.get('retry-after')) - secondsLeft)).toBeLessThanOrEqual(2);
});

test("a ticket works once over two gateways, only for its request, metered as the tester's", async () => {
  const [one, two] = [await aGateway(), await aGateway()];
  const { owner, key } = await aScene();
  const claims = { keyId: key.keyId, memberId: owner.memberId, clientIp: '203.0.113.7', method: 'GET' };
  const sign = (target: string, ageMs = 0) =>
    signTicket(settings.encryptionKey, { ...claims, target }, Date.now() - ageMs);
  const send = (gateway: typeof one, ticket: string, path = '/stub/ok?a=1') =>
    gateway.call('', path, { [TICKET_HEADER]: ticket });

  const ticket = await sign('/stub/ok?a=1');
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => send(i % 2 ? one : two, ticket)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([null, 'invalid_credentials']));
  expect((await send(one, await sign('/stub/ok?a=1'), '/stub/ok?a=2')).code).toBe('invalid_credentials');
  expect((await send(one, await sign('/stub/ok?a=1', 31_000))).code).toBe('invalid_credentials');
  await vi.waitFor(async () => {
    const rows = await own.sql`select via, client_ip from usage_records where credential_id = ${key.id}`;
    expect([...rows]).toEqual([{ via: 'tester', client_ip: '203.0.113.7' }]);
  }, 5_000);
});

test('a key revoked after a backup is rejected from the first request after the restore', async () => {
  const gateway = await aGateway();
  const { owner, key } = await aScene();
  const backup = await own.sql`select * from credentials where id = ${key.id}`;
  expect(await gateway.code(key.secretKey)).toBeNull();
  expect(await revokeCredential(context(owner), key)).toMatchObject({ ok: true, receipt: { confirmed: 1 } });
  for (const end of ends.splice(0).reverse()) await end();
  await own.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`delete from credentials where id = ${key.id}`;
    await tx`insert into credentials ${tx(backup[0]!)}`;
  });

  const again = await aGateway();

  expect(await again.code(key.secretKey)).toBe('credential_revoked');
  const [told] = await own.sql`
    select actor, team_id from audit_events where subject_id = ${key.keyId} order by id desc limit 1`;
  expect(told).toEqual({ actor: 'system', team_id: owner.teamId });
});

test("a revoked key doesn't work even before a running gateway notices the restore", async () => {
  const gateway = await aGateway();
  const { owner, key } = await aScene();
  await revokeCredential(context(owner), key);

  await own.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`update credentials set status = 'active', revoked_at = null, revoked_by = null where id = ${key.id}`;
  });

  expect(await gateway.code(key.secretKey)).toBe('credential_revoked');
});

test("a backup restored under a running gateway doesn't bring back revoked keys either", async () => {
  const warned = vi.spyOn(log, 'warn').mockImplementation(() => {});
  const gateway = await aGateway();
  const { owner, key } = await aScene();
  const other = await aScene();
  const backup = await own.sql`select * from credentials where id = ${key.id}`;
  const [epoch] = await own.sql`select epoch from access_epoch`;
  await gateway.code(other.key.secretKey);
  await revokeCredential(context(owner), key);
  await pauseCredential(context(other.owner), other.key);
  expect(await gateway.code(other.key.secretKey)).toBe('credential_paused');
  await own.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`delete from credentials where id = ${key.id}`;
    await tx`insert into credentials ${tx(backup[0]!)}`;
    await tx`update credentials set status = 'active', paused_at = null where id = ${other.key.id}`;
    await tx`update access_epoch set epoch = ${epoch!.epoch}`;
    await tx`update gateway_nodes set epoch_seen = ${epoch!.epoch}`;
  });

  await vi.waitFor(async () => expect(await gateway.code(other.key.secretKey)).toBeNull(), 5_000);
  expect(await gateway.code(key.secretKey)).toBe('credential_revoked');
  expect(warned).toHaveBeenCalledWith(
    expect.anything(),
    'The database was restored to an earlier state. Reloading everything',
  );
});

test('a key in the query is rejected and marked as exposed', async () => {
  const gateway = await aGateway();
  const { key } = await aScene();
  const answer = await fetch(`${gateway.url}/stub/ok?api_key=${key.secretKey}`);
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'key_in_query']);

  await vi.waitFor(async () => {
    const [row] =
      await own.sql`select exposed_at is not null as exposed, status from credentials where id = ${key.id}`;
    expect(row).toEqual({ exposed: true, status: 'active' });
  }, 5_000);
});
