import { expect, test } from 'vitest';
import { parseAddress } from './parse-address.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:0DB8:0:0::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['192.0.2.99/25', '192.0.2.99/25'],
  ['2001:DB8::/32', '2001:db8::/32'],
])('%s is parsed as %s', (text, address) => {
  expect(parseAddress(text)).toBe(address);
});

test.each([
  ...['', 'here', '192.0.2', '192.0.2.256', '0192.0.2.7', '127.1', '0x7f000001', ':', '1::2::3', '2001:db8'],
  ...['192.0.2.0/33', '192.0.2.0/', '192.0.2/24', '192.0.2.0/24/8', '2001:db8::/129'],
])('%j is neither an address nor a CIDR range', (text) => {
  expect(parseAddress(text)).toBeNull();
});
