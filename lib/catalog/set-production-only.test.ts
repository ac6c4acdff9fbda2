import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { endpoints } from '#db/schema/catalog.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { listConnectedEndpoints } from '#lib/applications/list-connected-endpoints.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, anApplication } from '#tests/support/factories.ts';
import { importDocument } from './import-document.ts';
import { readApi } from './read-api.ts';
import { setProductionOnly } from './set-production-only.ts';

const operator = 'operator' as const;
const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;
const flagOf = async (db: Db, id: string) =>
  (await db.select().from(endpoints).where(eq(endpoints.id, id)))[0]!.productionOnly;

test(
  'the flag is set for one endpoint, raises the epoch and is audited with the endpoint',
  withDb(async (db) => {
    const api = await anApi(db, ['GET /cities', 'POST /alerts']);
    const [cities, alerts] = api.endpointIds as [string, string]; // Created above.
    const before = await epochOf(db);
    const set = (endpointId: string, productionOnly: boolean) =>
      setProductionOnly({ db, operator }, { endpointId, productionOnly });

    expect(await set(alerts, true)).toMatchObject({ ok: true, receipt: { epoch: before + 1 } });
    expect([await flagOf(db, cities), await flagOf(db, alerts)]).toEqual([false, true]);
    expect(await set(alerts, true)).toEqual({ ok: true, receipt: null });
    expect(await epochOf(db)).toBe(before + 1);
    expect(await set(alerts, false)).toEqual({ ok: true, receipt: null });
    expect(await epochOf(db)).toBe(before + 2);
    expect(await set(crypto.randomUUID(), true)).toEqual({ ok: false, reason: 'not_found' });
    const lines = await auditTrail(db, eq(auditEvents.subjectId, api.slug));
    expect(lines.map((line) => line.after)).toEqual([
      { endpoint: 'POST /alerts', productionOnly: true },
      { endpoint: 'POST /alerts', productionOnly: false },
    ]);
  }),
);

test(
  'importing the API again keeps the flag, which operators and connected apps can see',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const app = await anApplication(db, member);
    const context = { db, operator, encryptionKey: '5a'.repeat(32), allowPrivateUpstreams: false };
    const importWith = (summary: string) =>
      importDocument(context, {
        source: JSON.stringify({
          openapi: '3.1.0',
          info: { title: 'Weather', version: '1' },
          paths: { '/cities': { get: { summary } } },
        }),
        upstream: 'https://api.example.com',
        slug: 'kept-flag',
      });
    await importWith('One');
    const read = async () => (await readApi({ db, operator }, { slug: 'kept-flag' }))?.list[0];
    const endpointId = (await read())!.id;
    await db
      .insert(applicationEndpoints)
      .values({ teamId: member.teamId, applicationId: app.id, endpointId });
    await setProductionOnly({ db, operator }, { endpointId, productionOnly: true });

    await importWith('Another');

    expect(await read()).toMatchObject({ id: endpointId, summary: 'Another', productionOnly: true });
    expect(await listConnectedEndpoints({ db, member }, { appId: app.publicId })).toMatchObject([
      { id: endpointId, productionOnly: true },
    ]);
  }),
);
