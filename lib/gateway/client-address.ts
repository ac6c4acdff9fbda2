import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

// A connection sends many requests, and its address is parsed once.
const normalized = new Map<string, string | null>();
const NORMALIZED_MAX = 10_000;

/** An address in its shortest form, with `::ffff:a.b.c.d` as IPv4. Null if it isn't an address. */
export function normalizeAddress(text: string): string | null {
  const known = normalized.get(text);
  if (known !== undefined) return known;
  if (normalized.size >= NORMALIZED_MAX) normalized.clear();
  // The library also accepts `999` and `0x7f.1` as IPv4, which no proxy or socket ever reports.
  const isAddress = text.length <= 64 && isIP(text) !== 0 && ipaddr.isValid(text);
  const address = isAddress ? ipaddr.process(text).toString() : null;
  normalized.set(text.slice(0, 64), address);
  return address;
}

/** Parses a list of addresses and CIDR ranges. Entries that are neither never match. */
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
      return [(base as ipaddr.IPv6).toIPv4Address(), bits - 96]; // kind() is checked above.
    }
    return [base, bits];
  } catch {
    return null; // ipaddr.js throws on anything that isn't an address or a range.
  }
}

/**
 * The client's address: the socket's address or, if that is a trusted proxy, the rightmost address in X-Forwarded-For that
 * isn't a trusted proxy. Addresses further left were written by hosts that aren't trusted.
 */
export function clientAddress(
  remote: string | null,
  forwardedFor: string | undefined,
  isTrustedProxy: (address: string | null) => boolean,
): string | null {
  let address = remote === null ? null : normalizeAddress(remote);
  if (forwardedFor === undefined) return address;
  const hops = forwardedFor.split(',');
  while (hops.length > 0 && isTrustedProxy(address)) {
    const next = normalizeAddress(hops.pop()!.trim());
    if (next === null) return null; // A trusted proxy sent an invalid address.
    address = next;
  }
  return address;
}
