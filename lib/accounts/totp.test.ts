import { expect, test } from 'vitest';
import { newTotpSecret, totpCode, totpStep, totpUri } from './totp.ts';

/** "12345678901234567890", the secret of RFC 6238, appendix B. Apps show the last six of its eight digits. */
const RFC = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
])('at %i seconds the code is the one of RFC 6238', (seconds, code) => {
  expect(totpCode(RFC, new Date(seconds * 1000))).toBe(code);
  expect(totpStep(RFC, code, new Date(seconds * 1000))).toBe(Math.floor(seconds / 30));
});

test('codes of the current, previous and next step are accepted, no others', () => {
  const code = totpCode(RFC, new Date(300_000));
  const step = (seconds: number) => totpStep(RFC, code, new Date(seconds * 1000));

  expect([269, 270, 299, 300, 359, 360].map(step)).toEqual([null, 10, 10, 10, 10, null]);
});

test.each(['', '12345', '1234567', 'abcdef', '００００００', '-12345'])('%j is no code', (code) => {
  expect(totpStep(RFC, code, new Date(300_000))).toBeNull();
});

test('a secret has 160 bits and is part of the URL that apps read', () => {
  const secret = newTotpSecret();
  const uri = new URL(totpUri(secret, 'ada@example.com'));

  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(newTotpSecret()).not.toBe(secret);
  expect(`${uri.protocol}${uri.host}${decodeURIComponent(uri.pathname)}`).toBe(
    'otpauth:totp/Latchkey:ada@example.com',
  );
  expect(Object.fromEntries(uri.searchParams)).toMatchObject({
    secret,
    issuer: 'Latchkey',
    digits: '6',
    period: '30',
  });
});
