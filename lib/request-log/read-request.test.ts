import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { aCall } from '#tests/support/usage-rows.ts';
import { readRequest } from './read-request.ts';

test(
  'a request is shown with all of its details',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const api = await anApi(db, ['GET /cities/{id}'], { title: 'Weather' });
    const key = await aCredential(db, await anApplication(db, member), { memberId: member.memberId });
    const { id } = await aCall(db, key, {
      ...{ path: '/cities/7', endpointId: api.endpointIds[0]!, apiId: api.id },
      ...{ bytesIn: 12, bytesOut: 3_400, userAgent: 'curl/8', latencyMs: 12.5, upstreamMs: 9.5 },
    });

    const found = await readRequest({ db, member }, { id });

    expect(found).toMatchObject({
      ...{ id, path: '/cities/7', template: '/cities/{id}', apiTitle: 'Weather', memberName: member.name },
      ...{ bytesIn: 12, bytesOut: 3_400, userAgent: 'curl/8', latencyMs: 12.5, upstreamMs: 9.5 },
      counted: true,
    });
    expect(JSON.stringify(found)).not.toMatch(/digest|hash/i);
  }),
);

test(
  'a request without an endpoint, made with an app key, is shown without endpoint and member',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const { id } = await aCall(db, key, { outcome: 'refused', status: 404, reason: 'no_such_endpoint' });

    expect(await readRequest({ db, member }, { id })).toMatchObject({
      ...{ template: null, apiTitle: null, memberName: null, reason: 'no_such_endpoint' },
    });
  }),
);

test(
  "another team's request looks like one that doesn't exist",
  withDb(async (db) => {
    const key = await aCredential(db, await anApplication(db, await aMember(db, 'owner')));
    const { id } = await aCall(db, key);
    const member = await aMember(db, 'owner');

    expect(await readRequest({ db, member }, { id })).toBeNull();
    expect(await readRequest({ db, member }, { id: v7() })).toBeNull();
  }),
);

test(
  "a member reads only requests of their own keys; a colleague's looks absent",
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const admin = await aMember(db, 'admin', owner);
    const member = await aMember(db, 'member', owner);
    const app = await anApplication(db, owner);
    const own = await aCall(db, await aCredential(db, app, { memberId: member.memberId }));
    const ofTeam = await aCall(db, await aCredential(db, app));
    const ofOwner = await aCall(db, await aCredential(db, app, { memberId: owner.memberId }));
    const sees = async (who: typeof owner) =>
      Promise.all(
        [own, ofTeam, ofOwner].map(
          async ({ id }) => (await readRequest({ db, member: who }, { id })) !== null,
        ),
      );

    expect(await sees(member)).toEqual([true, false, false]);
    expect(await sees(admin)).toEqual([true, true, true]);
    expect(await sees(owner)).toEqual([true, true, true]);
  }),
);
