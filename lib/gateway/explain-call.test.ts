import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { ExplainCall, explainCall } from './explain-call.ts';

async function aScene(db: Db) {
  const owner = await aMember(db, 'owner');
  const application = await anApplication(db, owner, { dailyCap: 5 });
  const slug = `api-${crypto.randomUUID().slice(0, 8)}`;
  const [api] = await db
    .insert(apis)
    .values({ slug, title: slug, openapi: '3.1.0', document: '{}', upstreamUrl: 'http://127.0.0.1:1' })
    .returning();
  const [open, closed] = await db
    .insert(endpoints)
    .values([
      { apiId: api!.id, method: 'GET', path: '/cities/{city}' },
      { apiId: api!.id, method: 'POST', path: '/cities', productionOnly: true },
    ])
    .returning();
  await db.insert(applicationEndpoints).values(
    [open, closed].map((endpoint) => ({
      teamId: owner.teamId,
      applicationId: application.id,
      endpointId: endpoint!.id,
    })),
  );
  return { owner, application, slug, open: open!, closed: closed! };
}

const failed = (explained: Awaited<ReturnType<typeof explainCall>>) => {
  if (!explained.ok) throw new Error(explained.reason);
  return explained.trace.refusal;
};

test(
  'by endpoint and by path, it gives the same result as the gateway',
  withDb(async (db) => {
    const { owner, application, slug, open, closed } = await aScene(db);
    const { keyId } = await aCredential(db, application, { allowedIps: ['192.0.2.0/24'] });
    const ask = (ip: string, endpoint: object) =>
      explainCall({ db, member: owner }, ExplainCall.parse({ keyId, ip, endpoint })).then(failed);

    expect(await ask('192.0.2.9', { id: open.id })).toBeNull();
    expect(await ask('192.0.2.9', { api: slug, method: 'get', path: '/cities/Berlin' })).toBeNull();
    expect(await ask('::ffff:192.0.2.9', { id: open.id })).toBeNull();
    expect(await ask('198.51.100.1', { id: open.id })).toBe('ip_not_allowed');
    expect(await ask('', { id: open.id })).toBe('ip_unknown');
    expect(await ask('192.0.2.9', { id: closed.id })).toBe('environment_not_allowed');
    expect(await ask('192.0.2.9', { api: slug, method: 'GET', path: '/nowhere' })).toBe('unknown_endpoint');
    expect(await ask('192.0.2.9', { id: crypto.randomUUID() })).toBe('unknown_endpoint');
  }),
);

test(
  "today's recorded requests count against the limits",
  withDb(async (db) => {
    const { owner, application, open } = await aScene(db);
    const { id, keyId } = await aCredential(db, application, { environment: 'production' });
    await db.execute(`
    insert into usage_daily (team_id, application_id, credential_id, day, requests, last_at)
    values ('${owner.teamId}', '${application.id}', '${id}', (now() at time zone 'utc')::date, 5, now())`);

    const input = ExplainCall.parse({ keyId, ip: '192.0.2.1', endpoint: { id: open.id } });
    const explained = await explainCall({ db, member: owner }, input);

    expect(failed(explained)).toBe('application_limit_exceeded');
  }),
);

test(
  "just before and just after a key's expiration",
  withDb(async (db) => {
    const { owner, application, open } = await aScene(db);
    const retiresAt = new Date(Date.UTC(2026, 0, 2));
    const { keyId } = await aCredential(db, application, {
      retiresAt,
      expiresAt: new Date(Date.UTC(2027, 0, 1)),
    });
    const at = (ms: number) =>
      explainCall(
        { db, member: owner },
        ExplainCall.parse({ keyId, ip: '', endpoint: { id: open.id }, at: new Date(ms) }),
      ).then(failed);

    expect(await at(retiresAt.getTime() - 1)).toBeNull();
    expect(await at(retiresAt.getTime())).toBe('credential_expired');
  }),
);

test(
  "members can only check their own key, and another team's key looks absent",
  withDb(async (db) => {
    const { owner, application, open } = await aScene(db);
    const member = await aMember(db, 'member', owner);
    const shared = await aCredential(db, application);
    const own = await aCredential(db, application, { memberId: member.memberId });
    const ask = (as: typeof owner, keyId: string) =>
      explainCall({ db, member: as }, ExplainCall.parse({ keyId, ip: '', endpoint: { id: open.id } }));

    expect(await ask(member, own.keyId)).toMatchObject({ ok: true });
    expect(await ask(member, shared.keyId)).toEqual({ ok: false, reason: 'not_found' });
    expect(await ask(await aMember(db, 'owner'), shared.keyId)).toEqual({ ok: false, reason: 'not_found' });
  }),
);
