import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { type Dispatcher, Pool } from 'undici';
import { isPrivateAddress } from '#lib/catalog/upstream-address.ts';

/** The upstream's name leads to an address that may not be called from here. */
export class ForbiddenAddress extends Error {
  override name = 'ForbiddenAddress';
}

export type UpstreamOptions = {
  allowPrivateUpstreams: boolean;
  connectTimeoutMs: number;
  firstByteTimeoutMs: number;
  idleTimeoutMs: number;
};

const CONNECTIONS_PER_ORIGIN = 512;
const ANSWER_HEADER_BYTES_MAX = 64 * 1024;

/** One pool of kept-alive connections for each upstream origin. */
export function openUpstreams(options: UpstreamOptions) {
  const pools = new Map<string, Pool>();

  function open(origin: string): Pool {
    const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
    // An address instead of a name is never looked up, so it is checked here.
    if (!options.allowPrivateUpstreams && isIP(host) && isPrivateAddress(host))
      throw new ForbiddenAddress(host);
    const pool = new Pool(origin, {
      connections: CONNECTIONS_PER_ORIGIN,
      pipelining: 1,
      // By itself undici takes HTTP/2 where it is offered, and then hands no raw headers over: the answer would lose all of its own.
      allowH2: false,
      headersTimeout: options.firstByteTimeoutMs,
      bodyTimeout: options.idleTimeoutMs,
      maxHeaderSize: ANSWER_HEADER_BYTES_MAX,
      connect: {
        timeout: options.connectTimeoutMs,
        ...(options.allowPrivateUpstreams ? {} : { lookup: checkedLookup }),
      },
    });
    pools.set(origin, pool);
    return pool;
  }

  return {
    dispatch(origin: string, request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
      (pools.get(origin) ?? open(origin)).dispatch(request, handler);
    },
    /** Ends kept-alive connections; calls under way finish first. */
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

/** Resolves once and hands the socket only the addresses that were checked: rebinding finds no second look-up. */
const checkedLookup: LookupFunction = (hostname, options, callback) => {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '', 0);
    const forbidden = addresses.find(({ address }) => isPrivateAddress(address));
    if (forbidden) return callback(new ForbiddenAddress(`${hostname} -> ${forbidden.address}`), '', 0);
    if (options.all) return (callback as (error: null, addresses: LookupAddress[]) => void)(null, addresses); // Node's second form.
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};
