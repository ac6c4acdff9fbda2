import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from './upstream-address.ts';

/** The upstream resolves to an address that must not be called from here. */
export class ForbiddenAddress extends Error {
  override name = 'ForbiddenAddress';
}

/** Passes only checked addresses to the socket, so there is no second lookup that DNS rebinding could exploit. */
export const checkedLookup: LookupFunction = (hostname, options, callback) => {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '', 0);
    const forbidden = addresses.find(({ address }) => isPrivateAddress(address));
    if (forbidden) return callback(new ForbiddenAddress(`${hostname} -> ${forbidden.address}`), '', 0);
    if (options.all) return (callback as (error: null, addresses: LookupAddress[]) => void)(null, addresses); // Node's second form.
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};
