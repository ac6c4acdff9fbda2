import { expect, test, vi } from 'vitest';
import { credentialExposures, credentials } from '#db/schema/credentials.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { log } from '#lib/process/log.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { queuedMails } from '#tests/support/mails.ts';
import { settings } from '#tests/support/settings.ts';
import { queryKeyRecorder } from './record-query-keys.ts';

test(
  'a key in a query string is reported once and keeps working',
  withDb(async (db) => {
    const { secretKey } = await aCredential(db, await anApplication(db, await aMember(db, 'owner')));
    const record = queryKeyRecorder(() => db, settings);

    for (let i = 0; i < 5; i++) await record(`a=${i}&secret_key=${secretKey.replaceAll('_', '%5F')}&b=2`);
    await queryKeyRecorder(() => db, settings)(`x=${secretKey}`); // Another process.

    expect(await db.select().from(credentialExposures)).toMatchObject([
      { source: 'gateway_query', place: 'The query string of a request', revoked: false },
    ]);
    expect(await db.select().from(credentials)).toMatchObject([
      { status: 'active', exposedAt: expect.any(Date) },
    ]);
    expect(await queuedMails(db)).toHaveLength(1);
  }),
);

test('lookups are limited per second, and failures are logged', async () => {
  const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
  let asked = 0;
  const away = {
    transaction: () => {
      asked++;
      return Promise.reject(new Error('away'));
    },
  };
  const record = queryKeyRecorder(() => away as never, settings); // Only its transactions are used.
  const { secretKey } = mintKeyPair('production');
  await record(secretKey);
  await record(secretKey);
  expect(asked).toBe(2);
  expect(logged).toHaveBeenCalledTimes(2);

  for (let i = 0; i < 100; i++) await record(mintKeyPair('production').secretKey);
  expect(asked).toBeLessThanOrEqual(30);
  await record('lk_sk_prod_x&secret_key=y');
});
