import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { aCall, aDay } from '#tests/support/usage-rows.ts';
import { listRejectedKeys } from './list-rejected-keys.ts';

let own: OwnDatabase;
beforeEach(async () => {
  own = await ownDatabase();
});
afterEach(() => own.drop());

test('rejected requests that are recorded together count one by one, and unknown addresses are not listed', async () => {
  const member = await aMember(own.db, 'owner');
  const application = await anApplication(own.db, member);
  const key = {
    ...(await aCredential(own.db, application, { status: 'revoked', revokedAt: new Date() })),
    memberId: null,
  };
  const refused = { outcome: 'refused', status: 403, reason: 'credential_revoked', counted: false } as const;
  const at = new Date();
  await aCall(own.db, key, { ...refused, at, userAgent: 'bot/1' });
  await aCall(own.db, key, { ...refused, at, userAgent: 'bot/2', clientIp: '192.0.2.8', requests: 39_000 });
  await aCall(own.db, key, { ...refused, at, clientIp: '', path: '', requests: 999 });
  await aDay(own.db, key, 0, { refused: 40_000 });

  expect(await listRejectedKeys({ db: own.db, member })).toMatchObject([
    {
      ...{ day: 40_000, week: 40_000, addressCount: 2 },
      ...{ addresses: ['192.0.2.7', '192.0.2.8'], userAgents: ['bot/1', 'bot/2'] },
    },
  ]);
});
