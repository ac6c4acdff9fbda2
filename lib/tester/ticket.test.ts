import { hkdfSync } from 'node:crypto';
import { SignJWT } from 'jose';
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

test('a signed ticket is read back, with a nonce of 128 bits', async () => {
  const text = await signTicket(key, claims, now);
  const ticket = await readTicket(key, text, now);
  expect(ticket).toEqual({ ...claims, nonce: ticket!.nonce, expiresAtMs: now + TICKET_LIFETIME_MS });
  expect(Buffer.from(ticket!.nonce, 'base64url')).toHaveLength(16);
  expect((await readTicket(key, await signTicket(key, claims, now), now))!.nonce).not.toBe(ticket!.nonce);
});

test('the key can be text or bytes', async () => {
  const text = await signTicket(key, claims, now);
  expect(await readTicket(Buffer.from(key, 'hex'), text, now)).toMatchObject(claims);
});

test('it expires after thirty seconds, to the millisecond', async () => {
  const odd = now + 123;
  const text = await signTicket(key, claims, odd);
  expect(await readTicket(key, text, odd + TICKET_LIFETIME_MS - 1)).not.toBeNull();
  expect(await readTicket(key, text, odd + TICKET_LIFETIME_MS)).toBeNull();
  expect(await readTicket(key, text, odd - 60_000), 'signed in the future').toBeNull();
});

test('a ticket signed with another key, altered or in another format is rejected', async () => {
  const text = await signTicket(key, claims, now);
  expect(await readTicket('cd'.repeat(32), text, now)).toBeNull();
  const [header, body, mac] = text.split('.') as [string, string, string];
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forged = encoded({ ...claims, keyId: 'x', jti: 'n', expiresAtMs: now + 1 });
  for (const other of [
    '',
    '...',
    'v1',
    `${header}.${body}`,
    `${header}.${body}.`,
    `${encoded({ alg: 'none' })}.${body}.`,
    `${encoded({ alg: 'HS512', typ: 'latchkey-tester+jwt' })}.${body}.${mac}`,
    `${text}.x`,
    `${header}.${forged}.${mac}`,
    `${header}.${body.slice(0, -2)}AA.${mac}`,
    `${header}.${body}.${mac.slice(0, 20)}`,
    `${header}.${body}.${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`,
  ]) {
    expect(await readTicket(key, other, now), other).toBeNull();
  }
});

test('another token signed with the same key is not a ticket', async () => {
  const [header = ''] = (await signTicket(key, claims, now)).split('.');
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
    alg: 'HS256',
    typ: 'latchkey-tester+jwt',
  });
  const signing = new Uint8Array(
    hkdfSync('sha256', Buffer.from(key, 'hex'), '', 'latchkey tester ticket', 32),
  );
  const token = (typ: string, audience: string) =>
    new SignJWT({ ...claims, expiresAtMs: now + 10_000 })
      .setProtectedHeader({ alg: 'HS256', typ })
      .setIssuer('latchkey-portal')
      .setAudience(audience)
      .setJti('n')
      .setExpirationTime(now / 1_000 + 10)
      .sign(signing);
  expect(await readTicket(key, await token('latchkey-tester+jwt', 'latchkey-gateway'), now)).not.toBeNull();
  expect(await readTicket(key, await token('JWT', 'latchkey-gateway'), now)).toBeNull();
  expect(await readTicket(key, await token('latchkey-tester+jwt', 'other'), now)).toBeNull();
});
