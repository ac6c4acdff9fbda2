import { describe, expect, test } from 'vitest';
import { AllowedDomains, AllowedIps, RESTRICTION_ENTRIES_MAX } from './restrictions.ts';

const messages = (schema: typeof AllowedIps, text: string) =>
  schema.safeParse(text).error?.issues.map((issue) => issue.message) ?? [];

describe('addresses', () => {
  test.each([
    ['', []],
    [' \n , ; \r\n', []],
    ['203.0.113.9', ['203.0.113.9']],
    ['203.0.113.9/32', ['203.0.113.9']],
    ['198.51.100.77/24', ['198.51.100.0/24']],
    ['::ffff:203.0.113.9', ['203.0.113.9']],
    ['::FFFF:cb00:7109', ['203.0.113.9']],
    ['::ffff:10.1.2.3/104', ['10.0.0.0/8']],
    ['2001:DB8:0:0:0:0:0:1', ['2001:db8::1']],
    ['2001:db8::1/128', ['2001:db8::1']],
    ['2001:db8:5:1::9/48', ['2001:db8:5::/48']],
    ['10.0.0.1, 10.0.0.2;10.0.0.3\r\n10.0.0.4', ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']],
    ['127.0.0.1\n::1', ['127.0.0.1', '::1']],
  ])('%j is stored as %j, and stays so when it is saved again', (text, stored) => {
    expect(AllowedIps.parse(text)).toEqual(stored);
    expect(AllowedIps.parse(stored.join('\n'))).toEqual(stored);
  });

  test.each([
    '10.0.0.300',
    '10.0.0',
    '127.1',
    '010.0.0.1',
    '0x7f000001',
    '2130706433',
    '1',
    'fe80::1%eth0',
    'example.com',
    '10.0.0.1:443',
    '[::1]',
    '10.0.0.0/8/8',
    '/8',
    ':::',
  ])('%s is not a valid address', (entry) => {
    expect(messages(AllowedIps, entry)).toEqual([
      `“${entry}” is not a valid IP address or range, such as 203.0.113.0/24.`,
    ]);
  });

  test.each([
    ['10.0.0.0/33', 32],
    ['10.0.0.0/', 32],
    ['10.0.0.0/-1', 32],
    ['10.0.0.0/255.0.0.0', 32],
    ['2001:db8::/129', 128],
  ])('%s has no such prefix', (entry, most) => {
    expect(messages(AllowedIps, entry)).toEqual([
      `“${entry}” needs a number from 0 to ${most} after the slash.`,
    ]);
  });

  test.each(['0.0.0.0/0', '::/0', '10.0.0.0/0', '::ffff:0:0/96', '0.0.0.0', '::'])(
    '%s is rejected with advice on how to allow all',
    (entry) => {
      expect(messages(AllowedIps, entry)).toEqual([expect.stringMatching(/leave the list empty/i)]);
    },
  );

  test('an IPv6 range of IPv4 addresses is rejected: the gateway handles them as IPv4', () => {
    expect(messages(AllowedIps, '::/16')).toEqual([
      '“::/16” covers IPv4 addresses in IPv6 notation. Enter them as IPv4.',
    ]);
  });
});

describe('domains', () => {
  test.each([
    ['shop.example.com', ['shop.example.com']],
    ['SHOP.Example.COM.', ['shop.example.com']],
    ['*.Example.com', ['*.example.com']],
    ['exämple.com, *.例え.テスト', ['xn--exmple-cua.com', '*.xn--r8jz45g.xn--zckzah']],
    ['example.com\n*.example.com', ['example.com', '*.example.com']],
    ['localhost', ['localhost']],
    ['', []],
  ])('%j is stored as %j, and stays so when it is saved again', (text, stored) => {
    expect(AllowedDomains.parse(text)).toEqual(stored);
    expect(AllowedDomains.parse(stored.join('\n'))).toEqual(stored);
  });

  test.each([
    ['https://shop.example.com', 'includes a scheme'],
    ['shop.example.com/cart', 'includes more than a domain'],
    ['shop.example.com?x', 'includes more than a domain'],
    ['me@example.com', 'includes more than a domain'],
    ['ex%61mple.com', 'includes more than a domain'],
    ['shop.example.com:8443', 'includes a port'],
    ['*', 'Leave the list empty instead'],
    ['*.com', 'needs at least two parts'],
    ['*.localhost', 'needs at least two parts'],
    ['intranet', 'needs at least two parts'],
    ['a.*.example.com', 'only at the start'],
    ['*.*.example.com', 'only at the start'],
    ['sh*p.example.com', 'only at the start'],
    ['203.0.113.9', 'Add it to Allowed IPs'],
    ['0x7f.1', 'Add it to Allowed IPs'],
    ['::1', 'is not a valid domain'],
    ['a_b.example.com', 'is not a valid domain'],
    ['a..example.com', 'is not a valid domain'],
    ['-a.example.com', 'is not a valid domain'],
    [`${'a'.repeat(64)}.example.com`, 'is not a valid domain'],
    [`${'abcdefgh.'.repeat(30)}com`, 'is not a valid domain'],
  ])('%s is rejected: %s', (entry, why) => {
    expect(messages(AllowedDomains, entry)).toEqual([expect.stringContaining(why)]);
  });
});

describe('both lists', () => {
  test.each([
    [AllowedIps, '10.0.0.1 10.0.0.1', '“10.0.0.1” is listed twice.'],
    [AllowedIps, '10.0.0.1 ::ffff:10.0.0.1', '“::ffff:10.0.0.1” is the same as “10.0.0.1”.'],
    [
      AllowedIps,
      '10.0.0.0/8 10.1.0.0/16',
      '“10.1.0.0/16” is already covered by “10.0.0.0/8”. Remove one of them.',
    ],
    [
      AllowedIps,
      '2001:db8::7 2001:db8::/32',
      '“2001:db8::7” is already covered by “2001:db8::/32”. Remove one of them.',
    ],
    [AllowedDomains, 'A.example.com a.example.com', '“a.example.com” is the same as “A.example.com”.'],
    [
      AllowedDomains,
      'a.example.com *.example.com',
      '“a.example.com” is already covered by “*.example.com”. Remove one of them.',
    ],
    [
      AllowedDomains,
      '*.example.com *.a.example.com',
      '“*.a.example.com” is already covered by “*.example.com”. Remove one of them.',
    ],
  ])('report overlapping entries: %#', (schema, text, message) => {
    expect(messages(schema, text)).toEqual([message]);
  });

  test('accept adjacent entries', () => {
    expect(AllowedIps.parse('10.0.0.0/9 10.128.0.0/9 2001:db8::/33 2001:db8:8000::/33')).toHaveLength(4);
    expect(AllowedDomains.parse('*.example.com *.notexample.com example.com example.org')).toHaveLength(4);
  });

  test('report every invalid entry in order', () => {
    expect(messages(AllowedIps, '10.0.0.1 nonsense 10.0.0.0/40')).toHaveLength(2);
  });

  test('accept up to the limit, and shorten a long entry in its message', () => {
    const many = Array.from({ length: RESTRICTION_ENTRIES_MAX }, (_, i) => `10.0.0.${i}`);
    expect(AllowedIps.parse(many.join('\n'))).toHaveLength(RESTRICTION_ENTRIES_MAX);
    expect(messages(AllowedIps, [...many, '10.0.1.1'].join('\n'))).toEqual([
      'A list has at most 50 entries; this one has 51.',
    ]);
    expect(messages(AllowedIps, 'x'.repeat(9_000))[0]!.length).toBeLessThan(200);
    expect(messages(AllowedIps, 'x'.repeat(20_001))).toEqual(['Enter at most 20,000 characters.']);
  });
});
