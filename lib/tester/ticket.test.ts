import { expect, test } from 'vitest';
import { readTicket, signTicket, TICKET_LIFETIME_MS } from './ticket.ts';

const key = 'ab'.repeat(32);
const claims = {
  keyId: '0123456789abcdef',
  memberId: crypto.randomUUID(),
  clientIp: '192.0.2.1',
  method: 'GET',
  target: '/weather/cities?page=2',
};
const now = Date.UTC(2026, 0, 1);

test('what was signed is read back, with a nonce of 128 bits', () => {
  const ticket = readTicket(key, signTicket(key, claims, now), now);
  expect(ticket).toMatchObject(claims);
  expect(Buffer.from(ticket!.nonce, 'base64url')).toHaveLength(16);
  expect(readTicket(key, signTicket(key, claims, now), now)!.nonce).not.toBe(ticket!.nonce);
});

test('the key may be given as text or as bytes', () => {
  expect(readTicket(Buffer.from(key, 'hex'), signTicket(key, claims, now), now)).toMatchObject(claims);
});

test('it lives thirty seconds, to the millisecond', () => {
  const text = signTicket(key, claims, now);
  expect(readTicket(key, text, now + TICKET_LIFETIME_MS - 1)).not.toBeNull();
  expect(readTicket(key, text, now + TICKET_LIFETIME_MS)).toBeNull();
  expect(readTicket(key, text, now - 60_000), 'signed in the future').toBeNull();
});

test('another key, another label, a changed character or another form is no ticket', () => {
  const text = signTicket(key, claims, now);
  expect(readTicket('cd'.repeat(32), text, now)).toBeNull();
  const [version, body, mac] = text.split('.') as [string, string, string];
  const forged = Buffer.from(JSON.stringify({ ...claims, keyId: 'x', nonce: 'n', expiresAtMs: now + 1 }));
  for (const other of [
    '',
    '...',
    'v1',
    `${version}.${body}`,
    `${version}.${body}.`,
    `v2.${body}.${mac}`,
    `${text}.x`,
    `${version}.${forged.toString('base64url')}.${mac}`,
    `${version}.${body.slice(0, -2)}AA.${mac}`,
    `${version}.${body}.${mac.slice(0, 20)}`,
    `${version}.${body}.${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`,
  ]) {
    expect(readTicket(key, other, now), other).toBeNull();
  }
});
