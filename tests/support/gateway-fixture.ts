import { and, eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { members } from '#db/schema/teams.ts';
import { aCredential, aMember, anApplication, aTeam } from './factories.ts';

const STUB_PATHS = [
  'ok',
  'echo',
  'redirect-out',
  'redirect-in',
  'headers',
  'slow',
  'stream',
  'large',
  'empty',
  'not-modified',
  'items/{id}',
  'pages',
  'production-only',
  'unconnected',
];
const RAW_PATHS = [
  'reset',
  'hang',
  'garbage',
  'short',
  'cut-chunk',
  'long',
  'big-header',
  'early-hints',
  'status-999',
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];

/** A burst limit high enough not to affect other tests. */
const NO_BURST = { burstRequests: 1_000_000, burstWindowSeconds: 1 };

/** A team with an application connected to everything in three APIs except `/stub/unconnected`, and keys in every state. */
export async function gatewayFixture(db: Db, upstreams: { stub: string; raw: string; closed: string }) {
  const team = await aTeam(db, { dailyQuota: 100_000, ...NO_BURST });
  const application = await anApplication(db, team);
  for (const [slug, upstreamUrl, paths] of [
    ['stub', upstreams.stub, STUB_PATHS],
    ['raw', upstreams.raw, RAW_PATHS],
    ['closed', upstreams.closed, ['ok']],
  ] as const) {
    const [api] = await db
      .insert(apis)
      .values({ slug, title: slug, openapi: '3.1.0', document: '{}', upstreamUrl })
      .returning();
    const values = paths.flatMap((path) =>
      METHODS.map((method) => ({
        apiId: api!.id,
        method,
        path: `/${path}`,
        productionOnly: path === 'production-only',
      })),
    );
    const rows = await db.insert(endpoints).values(values).returning();
    const connected = rows.filter((row) => row.path !== '/unconnected');
    await db
      .insert(applicationEndpoints)
      .values(
        connected.map((row) => ({ teamId: team.teamId, applicationId: application.id, endpointId: row.id })),
      );
  }
  const suspended = await aMember(db, 'member', team);
  await db.update(members).set({ status: 'suspended' }).where(eq(members.id, suspended.memberId));
  const archived = await anApplication(db, team, { archivedAt: new Date() });
  const small = await aTeam(db, { dailyQuota: 3 });
  const smallApplication = await anApplication(db, small);
  const slow = await aTeam(db, { burstRequests: 2, burstWindowSeconds: 3_600 });
  const slowApplication = await anApplication(db, slow);
  const [ok] = await db
    .select({ id: endpoints.id })
    .from(endpoints)
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(and(eq(apis.slug, 'stub'), eq(endpoints.path, '/ok'), eq(endpoints.method, 'GET')));
  await db.insert(applicationEndpoints).values(
    [smallApplication, slowApplication].map(({ id, teamId }) => ({
      teamId,
      applicationId: id,
      endpointId: ok!.id,
    })),
  );
  return {
    team,
    application,
    good: await aCredential(db, application),
    other: await aCredential(db, application, { environment: 'production' }),
    revoked: await aCredential(db, application, { status: 'revoked', revokedAt: new Date() }),
    paused: await aCredential(db, application, { status: 'paused' }),
    expired: await aCredential(db, application, { expiresAt: new Date(Date.now() - 1_000) }),
    ofSuspended: await aCredential(db, application, { memberId: suspended.memberId }),
    ofArchived: await aCredential(db, archived),
    elsewhere: await aCredential(db, application, { allowedIps: ['203.0.113.0/24'] }),
    atHome: await aCredential(db, application, { allowedIps: ['127.0.0.0/8', '::1'] }),
    onSite: await aCredential(db, application, { allowedDomains: ['app.example.com', '*.example.org'] }),
    exhausted: await aCredential(db, smallApplication),
    limited: await aCredential(db, application, { dailyLimit: 2 }),
    bursting: await aCredential(db, slowApplication),
    retired: await aCredential(db, application, { retiresAt: new Date(Date.now() - 1_000) }),
    owner: await aMember(db, 'owner', team),
  };
}

export type GatewayFixture = Awaited<ReturnType<typeof gatewayFixture>>;
