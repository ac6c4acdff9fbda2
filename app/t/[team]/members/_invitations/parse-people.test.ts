import { expect, test } from 'vitest';
import { expectLinearTime } from '#tests/support/linear-time.ts';
import { parsePeople } from './parse-people.ts';

test.each([
  ['ada@example.com', [{ name: '', email: 'ada@example.com' }]],
  ['Ada Lovelace <ada@example.com>', [{ name: 'Ada Lovelace', email: 'ada@example.com' }]],
  ['"Lovelace, Ada" < ada@example.com >;', [{ name: 'Lovelace, Ada', email: 'ada@example.com' }]],
  ['<ada@example.com>,', [{ name: '', email: 'ada@example.com' }]],
  [
    ' \n\r\n a@b.de \r\n\n c@d.de',
    [
      { name: '', email: 'a@b.de' },
      { name: '', email: 'c@d.de' },
    ],
  ],
  [
    'a@b.de, "Lovelace, Ada" <c@d.de>;e@f.de ; no address',
    [
      { name: '', email: 'a@b.de' },
      { name: 'Lovelace, Ada', email: 'c@d.de' },
      { name: '', email: 'e@f.de' },
      { name: '', email: 'no address' },
    ],
  ],
  ['A <a@b.de> <c@d.de>', [{ name: 'A <a@b.de>', email: 'c@d.de' }]],
  ['', []],
])('%j', (text, people) => {
  expect(parsePeople(text)).toEqual(people);
});

test.each([
  ['letters', 'a'],
  ['separators', ','],
  ['spaces', ' '],
  ['addresses that never end', 'a@'],
  ['brackets', '<'],
])('40,000 characters of %s take linear time', (_name, unit) => {
  expectLinearTime((length) => {
    const text = `${unit.repeat(Math.ceil(length / unit.length))}x`;
    for (let i = 0; i < 20; i++) parsePeople(text);
  }, 40_000);
});
