import { expect, test } from 'vitest';
import { usageDaily, usageRecords } from '#db/schema/usage.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { previewMember } from './preview-member.ts';

const dayBefore = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

test(
  'lists own keys and app keys they created, with requests and endpoints of the last 7 days',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const other = await aMember(db, 'member', owner);
    const app = await anApplication(db, owner);
    const made = await aCredential(db, app, { createdBy: other.memberId, name: 'Build' });
    const own = await aCredential(db, app, { memberId: other.memberId, createdBy: other.memberId });
    const gone = { status: 'revoked', revokedAt: new Date() } as const;
    await aCredential(db, app, { memberId: other.memberId, ...gone });
    await aCredential(db, app, { createdBy: owner.memberId });
    const api = await anApi(db, ['GET /cities', 'POST /cities']);
    const call = (days: number, endpointId: string, outcome: 'answered' | 'refused' = 'answered') => ({
      ...{ id: crypto.randomUUID(), at: new Date(), day: dayBefore(days), endpointId, outcome },
      ...{ teamId: owner.teamId, applicationId: app.id, credentialId: made.id, nodeId: crypto.randomUUID() },
      ...{ environment: 'development' as const, method: 'GET', path: '/cities', counted: true, clientIp: '' },
    });
    const [get, post] = api.endpointIds;
    await db.insert(usageRecords).values([call(0, get!), call(6, get!), call(7, post!)]);
    await db.insert(usageRecords).values(call(0, post!, 'refused'));
    const sum = (days: number, requests: number) => ({
      ...{ teamId: owner.teamId, applicationId: app.id, credentialId: made.id },
      ...{ day: dayBefore(days), requests, lastAt: new Date() },
    });
    await db.insert(usageDaily).values([sum(0, 3), sum(6, 4), sum(7, 100)]);

    const preview = await previewMember({ db, member: owner }, { memberId: other.memberId });

    expect(preview?.keys).toEqual([
      {
        ...{ keyId: own.keyId, name: 'Key', environment: 'development', appTitle: 'Storefront' },
        ...{ own: true, calls: 0, endpoints: [] },
      },
      {
        ...{ keyId: made.keyId, name: 'Build', environment: 'development', appTitle: 'Storefront' },
        ...{ own: false, calls: 7, endpoints: ['GET /cities'] },
      },
    ]);
  }),
);

test(
  'members can’t preview, and admins only those below them; a stranger looks absent',
  withDb(async (db) => {
    const admin = await aMember(db, 'admin');
    const member = await aMember(db, 'member', admin);
    const owner = await aMember(db, 'owner', admin);
    const stranger = await aMember(db, 'member');

    await expect(previewMember({ db, member }, { memberId: admin.memberId })).rejects.toThrow(Forbidden);
    await expect(previewMember({ db, member: admin }, { memberId: owner.memberId })).rejects.toThrow(
      Forbidden,
    );
    expect(await previewMember({ db, member: owner }, { memberId: stranger.memberId })).toBeNull();
    expect(await previewMember({ db, member: admin }, { memberId: member.memberId })).toMatchObject({
      keys: [],
    });
  }),
);
