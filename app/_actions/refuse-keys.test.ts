import { expect, test } from 'vitest';
import { credentialExposures, credentials } from '#db/schema/credentials.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { queuedMails } from '#tests/support/mails.ts';
import { settings } from '#tests/support/settings.ts';
import { refuseKeys } from './refuse-keys.ts';

const REFUSED = 'This contains a secret key. Remove it. Anyone who can read this text could use the key.';
const MARKED = `${REFUSED} We marked the key as exposed.`;
const formOf = (values: Record<string, string>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.append(name, value);
  return form;
};
const nobodyAsks = () => Promise.reject(new Error('the sender was asked for'));

test(
  'a key in any field is rejected and marked as exposed; its team is notified, and the key keeps working',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const { secretKey } = await aCredential(db, await anApplication(db, owner));
    const form = formOf({
      name: 'CI',
      description: `old: ${secretKey}`,
      'tags[]': `Basic ${btoa(`x:${secretKey}`)}`,
    });

    const errors = await refuseKeys(form, async () => ({ db, settings, by: owner, page: 'Page “apps”' }));

    expect(errors).toEqual({ description: [MARKED], tags: [MARKED] });
    expect(await db.select().from(credentials)).toMatchObject([
      { status: 'active', exposedAt: expect.any(Date) },
    ]);
    expect(await db.select().from(credentialExposures).orderBy(credentialExposures.id)).toMatchObject([
      { source: 'portal_text', place: 'Page “apps”, field “description”', note: `Entered by ${owner.name}.` },
      { place: 'Page “apps”, field “tags”' },
    ]);
    expect(await queuedMails(db)).toHaveLength(2);
  }),
);

test(
  'another team’s key is reported to that team without a name; a stranger doesn’t learn whether it exists',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const { secretKey } = await aCredential(db, await anApplication(db, owner));
    const form = formOf({ name: secretKey });

    const outsider = await aMember(db, 'owner');
    expect(await refuseKeys(form, async () => ({ db, settings, by: outsider, page: 'Page “apps”' }))).toEqual(
      {
        name: [MARKED],
      },
    );
    expect(await refuseKeys(form, async () => ({ db, settings, by: null, page: 'Page “sign-up”' }))).toEqual({
      name: [REFUSED],
    });

    const finds = await db.select().from(credentialExposures).orderBy(credentialExposures.id);
    expect(finds).toMatchObject([
      { teamId: owner.teamId, note: 'Entered by someone outside the team.' },
      { teamId: owner.teamId, note: '' },
    ]);
    expect(JSON.stringify(finds)).not.toContain(outsider.email);
  }),
);

test(
  'an unknown key is rejected and leaves no trace',
  withDb(async (db) => {
    const { secretKey } = mintKeyPair('production');
    const errors = await refuseKeys(formOf({ name: secretKey }), async () => ({
      db,
      settings,
      by: null,
      page: '',
    }));
    expect(errors).toEqual({ name: [REFUSED] });
    expect(await db.select().from(credentialExposures)).toEqual([]);
  }),
);

test('fields for secrets, shared keys, mistyped keys and files are ignored, without a lookup', async () => {
  const { secretKey, sharedKey } = mintKeyPair('production');
  const form = formOf({
    ...{ secretKey, secret: secretKey, password: secretKey, newPassword: secretKey, current: secretKey },
    ...{ headerValue: secretKey, $ACTION_ID: secretKey, name: sharedKey, mistyped: secretKey.slice(0, -1) },
  });
  form.append('file', new File([secretKey], 'openapi.json'));

  expect(await refuseKeys(form, nobodyAsks)).toEqual({});
});
