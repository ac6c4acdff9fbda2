import { isIP, type Socket } from 'node:net';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import { checkedLookup, ForbiddenAddress } from '#lib/catalog/checked-lookup.ts';
import { isPrivateAddress } from '#lib/catalog/upstream-address.ts';

export type UpstreamOptions = {
  allowPrivateUpstreams: boolean;
  connectTimeoutMs: number;
  firstByteTimeoutMs: number;
  idleTimeoutMs: number;
  connectionsPerOrigin: number;
};

export type Upstreams = ReturnType<typeof openUpstreams>;

const RESPONSE_HEADER_BYTES_MAX = 64 * 1024;

/** One pool of keep-alive connections per upstream origin. */
export function openUpstreams(options: UpstreamOptions) {
  const pools = new Map<string, Pool>();
  const connect = connector(options);

  function open(origin: string): Pool {
    const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
    // An IP address is never looked up, so it is checked here.
    if (!options.allowPrivateUpstreams && isIP(host) && isPrivateAddress(host))
      throw new ForbiddenAddress(host);
    const pool = new Pool(origin, {
      connections: options.connectionsPerOrigin,
      pipelining: 1,
      headersTimeout: options.firstByteTimeoutMs,
      bodyTimeout: options.idleTimeoutMs,
      maxHeaderSize: RESPONSE_HEADER_BYTES_MAX,
      connect,
    });
    pools.set(origin, pool);
    return pool;
  }

  return {
    dispatch(origin: string, request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
      (pools.get(origin) ?? open(origin)).dispatch(request, handler);
    },
    /** Closes keep-alive connections once the requests in progress have finished. */
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

function connector({ allowPrivateUpstreams, connectTimeoutMs }: UpstreamOptions): buildConnector.connector {
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    // By default undici uses HTTP/2 where it is offered, and provides no raw headers then.
    allowH2: false,
    ...(allowPrivateUpstreams ? {} : { lookup: checkedLookup }),
  });
  return (options, callback) =>
    connect(options, (...result) => {
      const [, socket] = result;
      socket?.prependListener('error', failOnReset);
      callback(...result);
    });
}

/**
 * undici treats an ECONNRESET as the end of a response that is delimited by the end of the connection. A reset means that
 * data is missing: under another code it fails the response.
 */
function failOnReset(this: Socket, error: NodeJS.ErrnoException): void {
  if (error.code === 'ECONNRESET') error.code = 'UPSTREAM_RESET';
}
