import ipaddr from 'ipaddr.js';

/**
 * Whether an address is not on the public Internet: loopback, private, link-local, carrier NAT, unique local,
 * multicast, documentation, and IPv4 inside IPv6 (mapped, NAT64, 6to4), after IANA's special-purpose registries.
 */
export function isPrivateAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  return ipaddr.process(address).range() !== 'unicast';
}
