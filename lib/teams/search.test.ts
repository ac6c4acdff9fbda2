import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { search } from './search.ts';

const nothing = { apps: [], keys: [], people: [], requests: [] };

async function aRequest(
  db: Db,
  credential: { id: string; teamId: string; applicationId: string },
  memberId?: string,
) {
  const id = v7();
  await db.insert(usageRecords).values({
    id,
    at: new Date(),
    day: '2026-01-01',
    teamId: credential.teamId,
    applicationId: credential.applicationId,
    credentialId: credential.id,
    memberId: memberId ?? null,
    environment: 'development',
    method: 'GET',
    path: '/v1/forecast',
    outcome: 'answered',
    status: 200,
    counted: true,
    clientIp: '192.0.2.7',
    nodeId: v7(),
  });
  return id;
}

/** A team with an app, a team key and a member's own key, each with one request. */
async function aBusyTeam(db: Db) {
  const owner = await aMember(db, 'owner');
  const member = await aMember(db, 'member', owner);
  const app = await anApplication(db, owner, { title: '100% Storefront_x' });
  const teamKey = await aCredential(db, app, { name: 'Deploy' });
  const ownKey = await aCredential(db, app, { name: 'Mine', memberId: member.memberId });
  const teamRequest = await aRequest(db, teamKey);
  const ownRequest = await aRequest(db, ownKey, member.memberId);
  return { owner, member, app, teamKey, ownKey, teamRequest, ownRequest };
}

test(
  'a manager finds apps, keys by shared key, people, and requests by the start of their ID',
  withDb(async (db) => {
    const { owner, member, app, teamKey, teamRequest } = await aBusyTeam(db);
    const find = (query: string) => search({ db, member: owner }, { query });

    expect((await find('storefront')).apps).toEqual([{ publicId: app.publicId, title: app.title }]);
    expect((await find(app.publicId)).apps).toHaveLength(1);
    expect((await find(teamKey.sharedKey)).keys).toMatchObject([
      { keyId: teamKey.keyId, appTitle: app.title, own: false },
    ]);
    expect((await find(teamKey.sharedKey.slice(0, 18))).keys).toMatchObject([{ keyId: teamKey.keyId }]);
    expect((await find('deploy')).keys).toMatchObject([{ name: 'Deploy' }]);
    expect((await find(member.email)).people).toMatchObject([{ email: member.email, role: 'member' }]);
    expect((await find(teamRequest)).requests).toMatchObject([
      { id: teamRequest, path: '/v1/forecast', status: 200 },
    ]);
    expect((await find(teamRequest.slice(0, 23))).requests).toMatchObject([{ id: teamRequest }]);
  }),
);

test(
  'a member finds only their own keys and requests',
  withDb(async (db) => {
    const { member, teamKey, ownKey, teamRequest, ownRequest } = await aBusyTeam(db);
    const find = (query: string) => search({ db, member }, { query });

    expect((await find(teamKey.sharedKey)).keys).toEqual([]);
    expect((await find(ownKey.sharedKey)).keys).toMatchObject([{ keyId: ownKey.keyId, own: true }]);
    expect((await find(teamRequest)).requests).toEqual([]);
    expect((await find(ownRequest)).requests).toHaveLength(1);
  }),
);

test(
  "another team's data is never found",
  withDb(async (db) => {
    const { app, teamKey, teamRequest, member } = await aBusyTeam(db);
    const stranger: Member = await aMember(db, 'owner');

    for (const query of [app.publicId, 'Storefront', teamKey.sharedKey, teamRequest, member.email]) {
      expect(await search({ db, member: stranger }, { query }), query).toEqual(nothing);
    }
  }),
);

test(
  'wildcards are literal characters, and a pasted secret key finds nothing',
  withDb(async (db) => {
    const { owner, teamKey } = await aBusyTeam(db);
    const find = (query: string) => search({ db, member: owner }, { query });

    expect((await find('100%')).apps).toHaveLength(1);
    expect((await find('front_x')).apps).toHaveLength(1);
    expect((await find('%%')).apps).toEqual([]);
    expect((await find('__')).apps).toEqual([]);
    expect(await find(teamKey.secretKey)).toEqual(nothing);
  }),
);
