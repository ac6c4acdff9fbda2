import { expect, test } from 'vitest';
import { actsOn } from './acts-on.ts';

const person = (role: 'owner' | 'admin' | 'member', status: 'active' | 'suspended' = 'active') =>
  ({ id: 'b', role, status }) as const;

test('an owner can do everything to others, but transfer ownership only to an active member', () => {
  const owner = { memberId: 'a', role: 'owner' } as const;

  expect(actsOn(owner, person('owner'))).toEqual(['change_role', 'transfer', 'suspend', 'remove']);
  expect(actsOn(owner, person('member', 'suspended'))).toEqual(['change_role', 'activate', 'remove']);
});

test('an admin acts only on members, and a member on nobody', () => {
  const admin = { memberId: 'a', role: 'admin' } as const;

  expect(actsOn(admin, person('member'))).toEqual(['suspend', 'remove']);
  expect(actsOn(admin, person('admin'))).toEqual([]);
  expect(actsOn(admin, person('owner'))).toEqual([]);
  expect(actsOn({ memberId: 'a', role: 'member' }, person('member'))).toEqual([]);
});

test('on themselves everyone can only leave', () => {
  expect(actsOn({ memberId: 'b', role: 'owner' }, person('owner'))).toEqual(['leave']);
});
