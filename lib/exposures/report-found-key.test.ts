import { expect, test } from 'vitest';
import { credentialExposures, credentials } from '#db/schema/credentials.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { queuedMails } from '#tests/support/mails.ts';
import { settings } from '#tests/support/settings.ts';
import { ReportFoundKey, reportFoundKey } from './report-found-key.ts';

const report = (secretKey: string, more: object = {}) => ReportFoundKey.parse({ secretKey, ...more });

test(
  'a key in pasted lines is revoked, and the finder’s address is kept',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const { secretKey } = await aCredential(db, await anApplication(db, owner));
    const pasted = `# .env\nAPI_SECRET="${secretKey}"\nAPI_KEY=x`;

    const result = await reportFoundKey(
      { db, settings },
      report(pasted, { place: 'a gist', email: 'Finder@Example.com' }),
    );

    expect(result).toBeUndefined();
    expect(await db.select().from(credentials)).toMatchObject([{ status: 'revoked' }]);
    expect(await db.select().from(credentialExposures)).toMatchObject([
      {
        source: 'found_key',
        place: 'a gist',
        note: 'Contact the finder at finder@example.com.',
        revoked: true,
      },
    ]);
    expect((await queuedMails(db))[0]?.props).toMatchObject({ source: 'Reported by someone who found it' });
  }),
);

test(
  'an unknown key has the same result and leaves no trace',
  withDb(async (db) => {
    const unknown = Array.from({ length: 50 }, () => mintKeyPair('production').secretKey).join(' ');
    for (const text of [unknown, mintKeyPair('staging').sharedKey, 'hello'])
      expect(await reportFoundKey({ db, settings }, report(text))).toBeUndefined();
    expect(await db.select().from(credentialExposures)).toEqual([]);
    expect(await queuedMails(db)).toEqual([]);
  }),
);

test('place and email are optional; a key in the place and an invalid email are rejected', () => {
  expect(report('x')).toEqual({ secretKey: 'x', place: '', email: '' });
  expect(report('x', { email: ' ' }).email).toBe('');
  const wrong = { secretKey: ' ', place: mintKeyPair('production').secretKey, email: 'nobody' };
  const { error } = ReportFoundKey.safeParse(wrong);
  expect(error?.issues.map(({ path }) => path[0])).toEqual(['secretKey', 'place', 'email']);
  expect(ReportFoundKey.safeParse({ secretKey: 'x'.repeat(20_001) }).success).toBe(false);
});
