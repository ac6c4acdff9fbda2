import { expect, test, vi } from 'vitest';
import { withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { operatorOf } from './session.ts';

const installation = vi.hoisted(() => ({ isProduction: true }));
vi.mock('#lib/env.ts', async (original) => {
  const real = await original<typeof import('#lib/env.ts')>();
  return { ...real, readSettings: () => ({ ...real.readSettings(), ...installation }) };
});

const outcome = (user: Parameters<typeof operatorOf>[0]) => {
  try {
    return operatorOf(user);
  } catch (error) {
    return (error as { digest: string }).digest; // Of Next's redirects and 404s.
  }
};

test(
  'in production an operator without two-factor authentication is sent to set it up',
  withDb(async (db) => {
    const operator = await aUser(db, { isOperator: true });
    const secured = { ...operator, hasSecondFactor: true };
    const other = { ...(await aUser(db)), hasSecondFactor: true };

    expect(outcome(operator)).toMatch(/^NEXT_REDIRECT;.*;\/account\/two-factor\?operator=1;/);
    expect(outcome(secured)).toBe(secured);
    expect(outcome(other)).toMatch(/404/);
    installation.isProduction = false;
    expect(outcome(operator)).toBe(operator);
  }),
);
