import { expect, test } from 'vitest';
import { dayLimits, type LimitFigures } from './day-limits.ts';

const figures: LimitFigures = {
  rootId: 'key-1',
  environment: 'development',
  teamId: 'team',
  applicationId: 'app',
  memberId: 'member',
  dailyQuota: 1_000,
  productionReserve: 300,
  applicationCap: 200,
  memberCap: 100,
  dailyLimit: 50,
};
const told = (values: Partial<LimitFigures>) =>
  dayLimits({ ...figures, ...values }).map(({ kind, subjectId, requests }) => [kind, subjectId, requests]);

test('all that apply, the most particular first and the team last', () => {
  expect(told({})).toEqual([
    ['credential', 'key-1', 50],
    ['member', 'member', 100],
    ['application', 'app', 200],
    ['non_production', 'team', 700],
    ['team', 'team', 1_000],
  ]);
});

test('what is not set is no limit', () => {
  const none = { dailyLimit: null, memberCap: null, applicationCap: null, productionReserve: 0 };
  expect(told(none)).toEqual([['team', 'team', 1_000]]);
  expect(told({ ...none, memberCap: 5, memberId: null })).toEqual([['team', 'team', 1_000]]);
});

test('the reserve binds Development and Staging only, and never below nothing', () => {
  const kinds = (environment: LimitFigures['environment']) => told({ environment }).map(([kind]) => kind);
  expect(kinds('production')).not.toContain('non_production');
  expect(kinds('staging')).toContain('non_production');
  expect(told({ productionReserve: 5_000 })).toContainEqual(['non_production', 'team', 0]);
});

test('keys of a chain count as one, and what is held is apart only where their limits differ', () => {
  const [first] = dayLimits(figures);
  const [other] = dayLimits({ ...figures, dailyLimit: 60 });
  expect(first!.subjectId).toBe('key-1');
  expect(other!.subjectId).toBe(first!.subjectId);
  expect(other!.key).not.toBe(first!.key);
});
