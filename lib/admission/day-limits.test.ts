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
const limitsOf = (values: Partial<LimitFigures>) =>
  dayLimits({ ...figures, ...values }).map(({ kind, subjectId, requests }) => [kind, subjectId, requests]);

test("all limits that apply, the most specific first and the team's last", () => {
  expect(limitsOf({})).toEqual([
    ['credential', 'key-1', 50],
    ['member', 'member', 100],
    ['application', 'app', 200],
    ['non_production', 'team', 700],
    ['team', 'team', 1_000],
  ]);
});

test("unset limits don't apply", () => {
  const none = { dailyLimit: null, memberCap: null, applicationCap: null, productionReserve: 0 };
  expect(limitsOf(none)).toEqual([['team', 'team', 1_000]]);
  expect(limitsOf({ ...none, memberCap: 5, memberId: null })).toEqual([['team', 'team', 1_000]]);
});

test('the reserve limits Development and Staging only, and never below 0', () => {
  const kinds = (environment: LimitFigures['environment']) => limitsOf({ environment }).map(([kind]) => kind);
  expect(kinds('production')).not.toContain('non_production');
  expect(kinds('staging')).toContain('non_production');
  expect(limitsOf({ productionReserve: 5_000 })).toContainEqual(['non_production', 'team', 0]);
});

test('keys of a chain count as one, and share what is held unless their limits differ', () => {
  const [first] = dayLimits(figures);
  const [other] = dayLimits({ ...figures, dailyLimit: 60 });
  expect(first!.subjectId).toBe('key-1');
  expect(other!.subjectId).toBe(first!.subjectId);
  expect(other!.key).not.toBe(first!.key);
});
