import ipaddr from 'ipaddr.js';

const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an address is not on the public Internet: loopback, private, link-local, carrier NAT, unique local,
 * multicast, documentation, and IPv4 inside IPv6 (mapped, NAT64, 6to4), after IANA's special-purpose registries.
 */
export function isPrivateAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return true;
  // Global unicast IPv6 is 2000::/3 (RFC 4291). Addresses outside it include `::127.0.0.1`, which isn't in any named range.
  return parsed.kind() === 'ipv6' && !parsed.match(GLOBAL_UNICAST);
}
