import { expect, test } from 'vitest';
import { withDb } from '#tests/support/database.ts';
import { aMember, aUser } from '#tests/support/factories.ts';
import { findMember } from './member.ts';
import { asOperator } from './operator.ts';

test(
  'only a user marked as operator is one',
  withDb(async (db) => {
    const user = await aUser(db);
    const operator = await aUser(db, { isOperator: true });

    expect(asOperator(user)).toBeNull();
    expect(asOperator(operator)).toBe(operator);
  }),
);

test(
  'an operator isn’t automatically a member of a team',
  withDb(async (db) => {
    const { teamSlug } = await aMember(db, 'owner');

    expect(await findMember(db, await aUser(db, { isOperator: true }), teamSlug)).toBeNull();
  }),
);
