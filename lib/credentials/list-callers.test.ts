import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { aCall } from '#tests/support/usage-rows.ts';
import { CALLER_DAYS, listCallers } from './list-callers.ts';

const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);

async function aPair(db: Db) {
  const member = await aMember(db, 'admin');
  const app = await anApplication(db, member);
  const fresh = await aCredential(db, app);
  const old = await aCredential(db, app, { successorId: fresh.id, rotatedAt: ago(3), retiresAt: ago(-3) });
  return { member, app, fresh, old, keyId: old.keyId };
}

test(
  'an address and a user agent are one caller; callers that have not moved come first',
  withDb(async (db) => {
    const { member, old, fresh, keyId } = await aPair(db);
    const { slug, endpointIds } = await anApi(db, ['GET /cities', 'POST /cities']);
    const [get, post] = endpointIds as [string, string];
    const shop = { clientIp: '203.0.113.1', userAgent: 'shop/1' };
    const cron = { clientIp: '203.0.113.1', userAgent: 'cron' };
    await aCall(db, old, { ...shop, at: ago(5), endpointId: post });
    await aCall(db, old, { ...shop, at: ago(2), endpointId: get, outcome: 'refused', status: 403 });
    await aCall(db, old, { ...shop, at: ago(4), endpointId: get });
    await aCall(db, old, { ...cron, at: ago(4) });
    await aCall(db, fresh, { ...shop, at: ago(1.5), outcome: 'refused', status: 403 });
    await aCall(db, fresh, { ...shop, at: ago(1) });
    await aCall(db, fresh, { ...shop, at: ago(0.5) });
    await aCall(db, fresh, { clientIp: '203.0.113.2', userAgent: 'new' });

    const listed = await listCallers({ db, member }, { keyId });

    expect(listed).toMatchObject({
      isPartial: false,
      callers: [
        { ...cron, calls: 1, refused: 0, callsSinceRotation: 0, endpoints: [], movedAt: null },
        {
          ...{ ...shop, calls: 3, refused: 1, callsSinceRotation: 1 },
          endpoints: [`GET /${slug}/cities`, `POST /${slug}/cities`],
        },
      ],
    });
    const moved = listed!.callers[1]!;
    expect(moved.movedAt?.getTime()).toBeCloseTo(ago(1).getTime(), -4);
    expect(moved.firstAt.getTime()).toBeCloseTo(ago(5).getTime(), -4);
    expect(moved.lastAt.getTime()).toBeCloseTo(ago(2).getTime(), -4);
  }),
);

test(
  'requests of a month count, or those since a given time',
  withDb(async (db) => {
    const { member, old, keyId } = await aPair(db);
    await aCall(db, old, { at: ago(CALLER_DAYS * 24 + 1), userAgent: 'gone' });
    await aCall(db, old, { at: ago(CALLER_DAYS * 24 - 1), userAgent: 'rare' });
    await aCall(db, old, { at: ago(1), userAgent: 'busy' });
    const agents = async (since?: Date) =>
      (await listCallers({ db, member }, { keyId, ...(since ? { since } : {}) }))!.callers.map(
        (caller) => caller.userAgent,
      );
    expect(await agents()).toEqual(['busy', 'rare']);
    expect(await agents(ago(3))).toEqual(['busy']);
  }),
);

test(
  'a caller of the successor’s successor has moved; the target key can be given',
  withDb(async (db) => {
    const { member, app, old, keyId } = await aPair(db);
    const third = await aCredential(db, app);
    const second = await aCredential(db, app, { successorId: third.id, rotatedAt: ago(1) });
    const first = await aCredential(db, app, { successorId: second.id, rotatedAt: ago(2) });
    const named = await aCredential(db, app);
    for (const key of [old, first, third]) await aCall(db, key, { userAgent: 'shop' });
    await aCall(db, named, { userAgent: 'shop' });

    expect((await listCallers({ db, member }, { keyId: first.keyId }))?.callers[0]?.movedAt).toBeInstanceOf(
      Date,
    );
    expect((await listCallers({ db, member }, { keyId }))?.callers[0]?.movedAt).toBeNull();
    expect(
      (await listCallers({ db, member }, { keyId, movesTo: named.keyId }))?.callers[0]?.movedAt,
    ).toBeInstanceOf(Date);
  }),
);

test(
  "another team's key looks absent, also as the target; members see only the callers of their own key",
  withDb(async (db) => {
    const { keyId, old, app, member: admin } = await aPair(db);
    await aCall(db, old, { userAgent: 'shop' });
    const stranger = await aPair(db);
    await aCall(db, stranger.old, { userAgent: 'shop' });
    const member = await aMember(db, 'member', admin);
    const own = await aCredential(db, app, { memberId: member.memberId });

    expect(await listCallers({ db, member: stranger.member }, { keyId })).toBeNull();
    expect(
      (await listCallers({ db, member: stranger.member }, { keyId: stranger.keyId, movesTo: keyId }))
        ?.callers,
    ).toMatchObject([{ movedAt: null }]);
    expect(await listCallers({ db, member }, { keyId })).toBeNull();
    expect(await listCallers({ db, member }, { keyId: own.keyId })).toEqual({
      callers: [],
      isPartial: false,
    });
    const visitor = { ...member, role: 'visitor' } as never; // No such role exists.
    await expect(listCallers({ db, member: visitor }, { keyId })).rejects.toThrow(Forbidden);
  }),
);
