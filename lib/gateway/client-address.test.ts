import { expect, test } from 'vitest';
import { addressList, clientAddress, normalizeAddress } from './client-address.ts';

const isProxy = addressList(['10.0.0.0/8', '2001:db8:a::/48', '192.0.2.7']);

test.each([
  ['nobody in between', '203.0.113.9', undefined, '203.0.113.9'],
  ['a header from a stranger is not believed', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['one proxy', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['a proxy that says nothing is the client', '10.0.0.1', undefined, '10.0.0.1'],
  ['the client forged what stands left', '10.0.0.1', '127.0.0.1, 198.51.100.1', '198.51.100.1'],
  ['the client posed as a proxy', '10.0.0.1', '127.0.0.1, 10.9.9.9, 198.51.100.1', '198.51.100.1'],
  ['two proxies', '10.0.0.1', '127.0.0.1, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
  ['proxies only: the furthest', '10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
  ['a proxy by its single address', '192.0.2.7', '198.51.100.1', '198.51.100.1'],
  ['its neighbour is none', '192.0.2.8', '198.51.100.1', '192.0.2.8'],
  ['IPv6 all along', '2001:db8:a::1', '2001:DB8:B:0:0:0:0:1', '2001:db8:b::1'],
  ['an IPv6 stranger', '2001:db8:b::1', '198.51.100.1', '2001:db8:b::1'],
  ['a mapped proxy', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['a mapped proxy in hexadecimal', '::ffff:a00:1', '198.51.100.1', '198.51.100.1'],
  ['a mapped client', '10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
  ['a mapped hop is a proxy too', '10.0.0.1', '198.51.100.1, ::ffff:10.0.0.2', '198.51.100.1'],
  ['odd spacing', '10.0.0.1', ' \t198.51.100.1 ,\t10.0.0.2 ', '198.51.100.1'],
])('%s', (_case, remote, forwardedFor, expected) => {
  expect(clientAddress(remote, forwardedFor, isProxy)).toBe(expected);
});

test.each([
  '',
  'unknown',
  '_hidden',
  '198.51.100.1:443',
  '[2001:db8::1]',
  '198.51.100.1,',
  '999',
  '0x7f.1',
  '198.51.100',
  '198.51.100.010',
  `${'1'.repeat(10_000)}`,
])('what a proxy wrote unreadably names nobody: %s', (forwardedFor) => {
  expect(clientAddress('10.0.0.1', forwardedFor, isProxy)).toBeNull();
});

test("invalid entries left of the client's address are ignored", () => {
  expect(clientAddress('10.0.0.1', '<script>, 198.51.100.1', isProxy)).toBe('198.51.100.1');
});

test('an unknown socket address stays unknown, regardless of the header', () => {
  expect(clientAddress(null, '198.51.100.1', isProxy)).toBeNull();
  expect(clientAddress('pipe', '198.51.100.1', isProxy)).toBeNull();
});

test('a list of single addresses and ranges, IPv4 and IPv6', () => {
  const listed = addressList([
    '198.51.100.1',
    '203.0.113.0/25',
    '2001:db8::5',
    '2001:db8:1::/64',
    '::ffff:192.0.2.0/120',
  ]);
  for (const address of ['198.51.100.1', '203.0.113.127', '2001:db8::5', '2001:db8:1::ffff', '192.0.2.200'])
    expect(listed(address), address).toBe(true);
  for (const address of [
    '198.51.100.2',
    '203.0.113.128',
    '2001:db8::6',
    '2001:db8:1:1::',
    '192.0.3.0',
    '::1',
  ])
    expect(listed(address), address).toBe(false);
  expect(listed('::ffff:203.0.113.1')).toBe(true);
});

test('invalid entries match nothing, and an unknown address matches no entry', () => {
  const broken = addressList(['', 'everywhere', '203.0.113.0/33', '2001:db8::/129', '/0', '203.0.113.0/']);
  expect(broken('203.0.113.1')).toBe(false);
  expect(broken(null)).toBe(false);
  expect(addressList(['0.0.0.0/0', '::/0'])(null)).toBe(false);
  expect(addressList(['0.0.0.0/0'])('2001:db8::1')).toBe(false);
});

test('every address has one spelling, cached or not', () => {
  for (const again of [1, 2]) {
    expect(normalizeAddress('::FFFF:192.0.2.1'), String(again)).toBe('192.0.2.1');
    expect(normalizeAddress('2001:0db8:0::0001'), String(again)).toBe('2001:db8::1');
    expect(normalizeAddress('not one'), String(again)).toBeNull();
    expect(normalizeAddress('1'.repeat(100)), String(again)).toBeNull();
  }
});

test('addresses are read correctly beyond the size of the cache', () => {
  for (let i = 0; i < 10_050; i++) normalizeAddress(`10.1.${i >> 8}.${i & 255}`);
  expect(normalizeAddress('::ffff:10.1.0.0')).toBe('10.1.0.0');
});
