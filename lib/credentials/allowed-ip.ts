import ipaddr from 'ipaddr.js';

/** An entry in its stored form, or the problem with it: a sentence that starts with the entry. */
export type ReadEntry = { ok: true; value: string } | { ok: false; problem: string };

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const problem = (text: string): ReadEntry => ({ ok: false, problem: text });

/**
 * Parses an address or a CIDR range, IPv4 or IPv6, into the shortest form of an address or the first address of a
 * range. `::ffff:a.b.c.d` is IPv4, as in the gateway.
 */
export function readAllowedIp(entry: string): ReadEntry {
  const [text = '', length, ...rest] = entry.split('/');
  const written = readAddress(text);
  if (!written || rest.length > 0)
    return problem('is not a valid IP address or range, such as 203.0.113.0/24.');
  const most = written.kind() === 'ipv4' ? 32 : 128;
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > most))
    return problem(`needs a number from 0 to ${most} after the slash.`);

  const { address, bits } = unmapped(written, length === undefined ? most : Number(length));
  if (bits === 0) return problem('allows every address. To allow all addresses, leave the list empty.');
  if (address.range() === 'unspecified' && bits >= 32 && length === undefined)
    return problem('can’t be the source of a request. To allow all addresses, leave the list empty.');
  if (address instanceof ipaddr.IPv6 && bits < 96 && ipaddr.parse('::ffff:0:0').match(address, bits))
    return problem('covers IPv4 addresses in IPv6 notation. Enter them as IPv4.');

  if (bits === (address.kind() === 'ipv4' ? 32 : 128)) return { ok: true, value: address.toString() };
  const cidr = `${address.toString()}/${bits}`;
  const first =
    address.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
      : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return { ok: true, value: `${first.toString()}/${bits}` };
}

/** Whether `wide` allows every address that `narrow` allows. Both come from `readAllowedIp`. */
export function coversIp(wide: string, narrow: string): boolean {
  const [base, bits] = rangeOf(wide);
  const [address, itsBits] = rangeOf(narrow);
  return base.kind() === address.kind() && bits <= itsBits && address.match(base, bits);
}

function rangeOf(value: string): [Address, number] {
  if (value.includes('/')) return ipaddr.parseCIDR(value);
  const address = ipaddr.parse(value);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Four decimal numbers, or IPv6 without a zone. Parsers disagree on `127.1`, `010.0.0.1` and `0x7f000001`. */
function readAddress(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.parse(text);
  return text.includes(':') && !text.includes('%') && ipaddr.isValid(text) ? ipaddr.parse(text) : null;
}

function unmapped(address: Address, bits: number): { address: Address; bits: number } {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96
    ? { address: address.toIPv4Address(), bits: bits - 96 }
    : { address, bits };
}
