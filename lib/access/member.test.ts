import { expect, test } from 'vitest';
import { findMember } from '#lib/access/member.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, aUser } from '#tests/support/factories.ts';

test(
  'another team and a missing one look the same',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const stranger = await aUser(db);

    expect(await findMember(db, stranger, member.teamSlug)).toBeNull();
    expect(await findMember(db, stranger, 'no-such-team')).toBeNull();
  }),
);

test.each(['', '\0', 'Not-A-Slug', '../x', undefined, null, {}, ['a']])(
  'an invalid slug finds nothing: %j',
  async (slug) => {
    await withDb(async (db) => {
      expect(await findMember(db, await aUser(db), slug as string)).toBeNull(); // As in a direct call.
    })();
  },
);
