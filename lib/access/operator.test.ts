import { expect, test } from 'vitest';
import { withDb } from '#tests/support/database.ts';
import { aMember, aUser } from '#tests/support/factories.ts';
import { findMember } from './member.ts';
import { asOperator } from './operator.ts';

test(
  'only who is marked as one is an operator',
  withDb(async (db) => {
    const user = await aUser(db);
    const operator = await aUser(db, { isOperator: true });

    expect(asOperator(user)).toBeNull();
    expect(asOperator(operator)).toBe(operator);
  }),
);

test(
  'an operator is no member of a team for that reason',
  withDb(async (db) => {
    const { teamSlug } = await aMember(db, 'owner');

    expect(await findMember(db, await aUser(db, { isOperator: true }), teamSlug)).toBeNull();
  }),
);
