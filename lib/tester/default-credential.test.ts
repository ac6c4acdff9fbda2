import { eq, ne } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { credentials } from '#db/schema/credentials.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember } from '#tests/support/factories.ts';
import { testerRows } from '#tests/support/tester-rows.ts';
import { defaultCredential } from './default-credential.ts';
import { listTesterCredentials } from './list-tester-credentials.ts';

test(
  "the default is the member's own key or an app's; another member's own key must be requested",
  withDb(async (db) => {
    const { member, application, key, get } = await testerRows(db, 'admin');
    const colleague = await aMember(db, 'member', member);
    const theirs = await aCredential(db, application, { memberId: colleague.memberId });
    const chosen = async (requested?: string) =>
      defaultCredential(await listTesterCredentials({ db, member }, { endpointId: get.id }), requested)
        ?.keyId;

    expect(await chosen()).toBe(key.keyId);
    await db.update(credentials).set({ environment: 'production' }).where(eq(credentials.id, key.id));
    expect(await chosen(), "an app's Production key before another member's Development key").toBe(key.keyId);
    expect(await chosen(theirs.keyId)).toBe(theirs.keyId);
    expect(await chosen('none-such')).toBe(key.keyId);
    const own = await aCredential(db, application, { memberId: member.memberId });
    expect(await chosen()).toBe(own.keyId);

    await db.update(credentials).set({ status: 'paused' }).where(ne(credentials.id, theirs.id));
    expect(await chosen()).toBeUndefined();
  }),
);

test('keys that can call the endpoint come first, Production keys last', () => {
  const keys = [
    { keyId: 'unconnected', environment: 'development' as const, reaches: false },
    { keyId: 'staging', environment: 'staging' as const, reaches: true },
    { keyId: 'live', environment: 'production' as const, reaches: true },
  ].map((key) => ({ ...key, own: false, memberName: null }));

  expect(defaultCredential(keys, undefined)?.keyId).toBe('staging');
  expect(defaultCredential([keys[0]!, keys[2]!], undefined)?.keyId).toBe('unconnected');
  expect(defaultCredential([keys[2]!], undefined)?.keyId).toBe('live');
  expect(defaultCredential([], 'live')).toBeNull();
});
