import { eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { endpoints } from '#db/schema/catalog.ts';
import type { Role } from '#lib/access/permissions.ts';
import type { TesterSend } from '#lib/tester/tester-input.ts';
import { anApi } from './catalog-rows.ts';
import { aCredential, aMember, anApplication } from './factories.ts';

/** A member, and an application with keys, connected to `GET /cities/{city}` and `POST /notes`. */
export async function testerRows(db: Db, role: Role = 'owner') {
  const member = await aMember(db, role);
  const application = await anApplication(db, member);
  const api = await anApi(db, ['GET /cities/{city}', 'POST /notes', 'GET /unconnected']);
  const [get, post, unconnected] = api.endpoints;
  await db
    .update(endpoints)
    .set({ requestBody: { content: { 'application/json': { schema: {} } } } })
    .where(eq(endpoints.id, post!.id));
  await connect(db, application, get!.id, post!.id);
  const key = await aCredential(db, application);
  const send = (more: Partial<TesterSend> = {}): TesterSend => ({
    keyId: key.keyId,
    endpointId: get!.id,
    values: { path: { city: 'lisbon' }, query: {}, header: {}, accept: '', contentType: '', body: '' },
    production: false,
    ...more,
  });
  return { member, application, api, get: get!, post: post!, unconnected: unconnected!, key, send };
}

export async function connect(db: Db, application: { id: string; teamId: string }, ...endpointIds: string[]) {
  const { id: applicationId, teamId } = application;
  await db
    .insert(applicationEndpoints)
    .values(endpointIds.map((endpointId) => ({ teamId, applicationId, endpointId })));
}
