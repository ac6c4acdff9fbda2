import { expect, test } from 'vitest';
import { NewPassword } from './new-password.ts';
import { strengthInWords, weakness } from './password-rules.ts';

const good = 'violet canal ships at noon';

test('length is counted in code points, from 15 to 128', () => {
  const fifteen = 'žluťoučký 🐎kůň!';
  expect([...fifteen]).toHaveLength(15);
  expect(weakness(fifteen)).toBeNull();
  expect(weakness([...fifteen].slice(1).join(''))).toMatch('at least 15');

  const horses = '🐎🦓🐘🦒🐪🦏🐖🐏'.repeat(16);
  expect([...horses]).toHaveLength(128);
  expect(NewPassword.safeParse(horses).success).toBe(true);
  expect(weakness(`${horses}x`)).toMatch('at most 128');
});

test('passwords are never trimmed or truncated, and no kind of character is required', () => {
  expect(NewPassword.parse(`  ${good}  `)).toBe(`  ${good}  `);
  expect(weakness('onlysmalllettershere')).toBeNull();
  expect(weakness('短い文ですが十五文字はあるはず')).toBeNull();
});

test.each([
  'passwordpassword',
  'Password123456789',
  'P@ssw0rd!P@ssw0rd!',
  'correct horse battery staple',
  'qwertyuiop123456',
  'letmeinletmein2024',
  'Administrator2024!',
])('%s is on the list of common passwords', (password) => {
  expect(weakness(password)).toMatch('common passwords');
});

test.each([
  'aaaaaaaaaaaaaaaa',
  '1212121212121212',
  '012345678901234',
  'zyxwvutsrqponmlk',
  'xkcd7xkcd7xkcd7xkcd7',
])('%s is guessed at once', (password) => {
  expect(weakness(password)).toMatch('easy to guess');
});

test('a common word among others is allowed', () => {
  expect(weakness('my dragon prefers lukewarm tea')).toBeNull();
});

test('words from the name and the address are rejected for their owner', () => {
  const password = 'ada.lovelace@engines';
  expect(weakness(password)).toBeNull();
  expect(weakness(password, ['Ada Lovelace', 'ada@engines.example'])).toMatch(
    'your name or your email address',
  );
});

test('a form shows the reason', () => {
  const refused = NewPassword.safeParse('short');
  expect(refused.error?.issues[0]?.message).toMatch('at least 15 characters');
  expect(strengthInWords('')).toMatch('At least 15');
  expect(strengthInWords(good)).toBe('Strong.');
  expect(strengthInWords('violet canal ship')).toBe('Good.');
});

test('a huge password is rejected before it is measured', () => {
  expect(NewPassword.safeParse('ab cd ef gh ij '.repeat(100_000)).success).toBe(false);
});
