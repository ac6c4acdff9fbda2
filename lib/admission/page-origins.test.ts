import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { openPageOrigins } from './page-origins.ts';

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

async function aScene() {
  const { db } = own;
  const app = await anApplication(db, await aTeam(db));
  const [api, other] = [await anApi(db), await anApi(db)];
  const endpointId = api.endpointIds[0]!;
  await db.insert(applicationEndpoints).values({ teamId: app.teamId, applicationId: app.id, endpointId });
  return { app, api, other };
}

test('an origin is allowed where a usable key of a connected app allows it', async () => {
  const { db, sql } = own;
  const { app, api, other } = await aScene();
  const key = await aCredential(db, app, { allowedDomains: ['shop.example.com', '*.example.org'] });
  await aCredential(db, app, { allowedDomains: ['paused.example'], status: 'paused' });
  await aCredential(db, app, { allowedDomains: ['late.example'], expiresAt: new Date(Date.now() - 1_000) });
  const origins = openPageOrigins({ sql, intervalMs: 0 });

  const allowed = ['shop.example.com', 'a.example.org', 'a.b.example.org'];
  for (const host of allowed) expect(await origins.allows(api.id, host), host).toBe(true);
  const refused = [
    'example.org',
    'evil-example.org',
    'x.shop.example.com',
    'paused.example',
    'late.example',
    '',
  ];
  for (const host of refused) expect(await origins.allows(api.id, host), host).toBe(false);
  expect(await origins.allows(other.id, 'shop.example.com')).toBe(false);

  await db.update(credentials).set({ status: 'paused' }).where(eq(credentials.id, key.id));
  expect(origins.allows(api.id, 'shop.example.com')).toBe(true); // From memory, until it hears of the change.
  origins.forget();
  expect(origins.allows(api.id, 'shop.example.com')).toBe(true); // While it loads.
  await origins.allows(api.id, 'unknown.example');
  expect(origins.allows(api.id, 'shop.example.com')).toBe(false);
});

test('an archived app allows nothing', async () => {
  const { db, sql } = own;
  const { app, api } = await aScene();
  await aCredential(db, app, { allowedDomains: ['shop.example.com'] });
  await db.update(applications).set({ archivedAt: new Date() }).where(eq(applications.id, app.id));
  expect(await openPageOrigins({ sql }).allows(api.id, 'shop.example.com')).toBe(false);
});

test('many questions at once are one load, and none without the database', async () => {
  let loads = 0;
  const counting = Object.assign(async () => [], { unsafe: () => loads++ });
  const origins = openPageOrigins({ sql: counting as never }); // Only these two are used.
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => origins.allows('api', `${i}.example`)),
  );
  expect([answers.some(Boolean), loads]).toEqual([false, 1]);

  const alone = openPageOrigins({ sql: counting as never, isReachable: () => false });
  expect([alone.allows('api', 'a.example'), loads]).toEqual([false, 1]);
});
