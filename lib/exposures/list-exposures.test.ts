import { expect, test } from 'vitest';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { settings } from '#tests/support/settings.ts';
import { ListExposures, listExposures } from './list-exposures.ts';
import { reportExposure } from './report-exposure.ts';

test(
  'exposures are listed to owners, admins and the key’s owner, newest first, and to nobody else',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const [holder, colleague] = [await aMember(db, 'member', owner), await aMember(db, 'member', owner)];
    const stranger = await aMember(db, 'owner');
    const app = await anApplication(db, owner);
    const { keyId, secretKey } = await aCredential(db, app, { memberId: holder.memberId });
    for (const place of ['first', 'second'])
      await reportExposure({ db, settings }, { secret: secretKey, source: 'portal_text', place });

    for (const member of [owner, holder]) {
      const listed = await listExposures({ db, member }, { keyId });
      expect(listed.map(({ place }) => place)).toEqual(['second', 'first']);
    }
    for (const member of [colleague, stranger])
      expect(await listExposures({ db, member }, { keyId })).toEqual([]);
    expect(ListExposures.safeParse({ keyId: "' or 1" }).success).toBe(false);
  }),
);
