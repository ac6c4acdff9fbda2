import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

// A connection makes many calls: its address is worked out once.
const normalised = new Map<string, string | null>();
const NORMALISED_MAX = 10_000;

/** An address in its shortest form, `::ffff:a.b.c.d` as IPv4; null if it is none. */
export function normaliseAddress(text: string): string | null {
  const known = normalised.get(text);
  if (known !== undefined) return known;
  if (normalised.size >= NORMALISED_MAX) normalised.clear();
  // The library also takes `999` and `0x7f.1` for IPv4; nobody who writes an address of a caller writes it so.
  const isAddress = text.length <= 64 && isIP(text) !== 0 && ipaddr.isValid(text);
  const address = isAddress ? ipaddr.process(text).toString() : null;
  normalised.set(text.slice(0, 64), address);
  return address;
}

/** Reads a list of addresses and CIDRs; an entry that is neither never matches. */
export function addressList(entries: readonly string[]): (address: string | null) => boolean {
  const ranges: Range[] = [];
  for (const entry of entries) {
    const range = readRange(entry);
    if (range) ranges.push(range);
  }
  return (address) => {
    if (address === null || !ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(([base, bits]) => parsed.kind() === base.kind() && parsed.match(base, bits));
  };
}

function readRange(entry: string): Range | null {
  try {
    if (!entry.includes('/')) {
      const address = ipaddr.process(entry);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    }
    const [base, bits] = ipaddr.parseCIDR(entry);
    if (base.kind() === 'ipv6' && (base as ipaddr.IPv6).isIPv4MappedAddress() && bits >= 96) {
      return [(base as ipaddr.IPv6).toIPv4Address(), bits - 96]; // kind() has just said which class it is.
    }
    return [base, bits];
  } catch {
    return null;
  }
}

/**
 * The client's address: the socket's, or, when that is a trusted proxy, the nearest address to the left in
 * X-Forwarded-For that is not one. What stands further left was written by somebody we do not trust.
 */
export function clientAddress(
  remote: string | null,
  forwardedFor: string | undefined,
  isTrustedProxy: (address: string | null) => boolean,
): string | null {
  let address = remote === null ? null : normaliseAddress(remote);
  if (forwardedFor === undefined) return address;
  const hops = forwardedFor.split(',');
  while (hops.length > 0 && isTrustedProxy(address)) {
    const next = normaliseAddress(hops.pop()!.trim());
    if (next === null) return null; // A trusted proxy wrote something unreadable: nobody is known.
    address = next;
  }
  return address;
}
