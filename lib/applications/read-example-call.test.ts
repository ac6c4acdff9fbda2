import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { endpoints } from '#db/schema/catalog.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, anApplication } from '#tests/support/factories.ts';
import { connectEndpoints } from './connect-endpoints.ts';
import { listOfferedEndpoints } from './list-offered-endpoints.ts';
import { readExampleCall } from './read-example-call.ts';

test(
  'the example is a connected endpoint of the team’s application that exists',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const api = await anApi(db, ['POST /a', 'GET /b', 'GET /unconnected']);
    const read = () => readExampleCall({ db, member }, { appId: app.publicId });
    expect(await read()).toBeNull();

    const connected = api.endpointIds.slice(0, 2);
    await connectEndpoints({ db, member }, { appId: app.publicId, endpointIds: connected });
    expect(await read()).toMatchObject({ method: 'GET', path: `/${api.slug}/b` });
    await db.update(endpoints).set({ removedAt: new Date() }).where(eq(endpoints.path, '/b'));
    expect(await read()).toMatchObject({ method: 'POST', path: `/${api.slug}/a` });

    const stranger = await aMember(db, 'owner');
    expect(await readExampleCall({ db, member: stranger }, { appId: app.publicId })).toBeNull();
  }),
);

test(
  'only endpoints in the catalog are offered',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const api = await anApi(db, ['GET /here', 'GET /gone']);
    await db.update(endpoints).set({ removedAt: new Date() }).where(eq(endpoints.path, '/gone'));
    await anApi(db, ['GET /of-a-removed-api'], { removedAt: new Date() });

    const offered = await listOfferedEndpoints({ db, member });

    expect(offered.map((endpoint) => `${endpoint.apiSlug} ${endpoint.path}`)).toEqual([`${api.slug} /here`]);
  }),
);
