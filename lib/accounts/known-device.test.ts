import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { settings } from '#tests/support/settings.ts';
import { DEVICE_DAYS, knownDevice, rememberDevice } from './known-device.ts';

const now = new Date('2026-05-04T10:00:00.500Z');
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);
const account = (userId = randomUUID(), devicesValidFrom: Date | null = null) => ({
  userId,
  devicesValidFrom,
});

test('a browser is recognized for the account that signed in, and its cookie names no account', () => {
  const [ada, grace] = [account(), account()];
  const cookie = rememberDevice(settings, null, ada.userId, now);

  expect(knownDevice(settings, cookie, ada, now)).toMatch(/^[\w-]{22}$/);
  expect(knownDevice(settings, cookie, grace, now)).toBeNull();
  expect(cookie).not.toContain(ada.userId);
});

test('several people can share a browser; the one who signed in longest ago is forgotten first', () => {
  const people = Array.from({ length: 6 }, () => account());
  const cookie = people.reduce<string | null>(
    (so, { userId }) => rememberDevice(settings, so, userId, now),
    null,
  );

  const known = people.map((person) => knownDevice(settings, cookie, person, now) !== null);
  expect(known).toEqual([false, true, true, true, true, true]);
  const again = rememberDevice(settings, cookie, people[5]!.userId, now);
  expect(again.split('~')).toHaveLength(5);
  expect(knownDevice(settings, again, people[1]!, now)).not.toBeNull();
});

test('it expires, and stops working when the account forgets its devices', () => {
  const { userId } = account();
  const cookie = rememberDevice(settings, null, userId, now);
  const known = (at: Date, from: Date | null = null) =>
    knownDevice(settings, cookie, account(userId, from), at);

  expect(known(later(DEVICE_DAYS - 1))).not.toBeNull();
  expect(known(later(DEVICE_DAYS + 1))).toBeNull();
  expect(known(later(2), later(1))).toBeNull();
  expect(known(later(2), now)).not.toBeNull();
});

test("a changed, foreign or oversized cookie isn't recognized", () => {
  const { userId } = account();
  const cookie = rememberDevice(settings, null, userId, now);
  const [issued, nonce, mac] = cookie.split('.');
  const other = { ...settings, authSecret: 'x'.repeat(43) };
  const wrong = [
    ...['', '~', '..', 'a.b.c', `${issued}.${nonce}`, `${Number(issued) + 1}.${nonce}.${mac}`],
    ...[`${issued}.${'A'.repeat(22)}.${mac}`, `${issued}.${nonce}.${'A'.repeat(43)}`],
    ...[rememberDevice(other, null, userId, now), '~'.repeat(1_000_000), `${'9'.repeat(1_000_000)}`],
  ];
  for (const value of wrong)
    expect(knownDevice(settings, value, account(userId), now), value.slice(0, 90)).toBeNull();
});
