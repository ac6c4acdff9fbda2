import type { Readable } from 'node:stream';
import type { Reason } from '#lib/refusals/reasons.ts';
import { addressList } from './client-address.ts';
import { CallExchange, type GatewayCore } from './exchange.ts';
import { openFairSlots, type SlotOptions } from './fair-slots.ts';
import type { Inbound } from './inbound.ts';
import type { Exchange, Outlet } from './outlet.ts';
import type { GatewayPorts } from './ports.ts';
import { openThrottledLog } from './throttled-log.ts';
import { openUpstreams, type UpstreamOptions } from './upstreams.ts';

export type GatewayOptions = Omit<UpstreamOptions, 'connectionsPerOrigin'> & {
  /** Base URL of the pages that a rejection's `type` links to. */
  portalUrl: string;
  /** Public URL of this mount, sent to upstreams as X-Forwarded-Host and -Proto. */
  gatewayUrl: string;
  /** The part of a Location before `/{api}/…`: '' on the node mount; Next accepts absolute URLs only. */
  locationBase: string;
  /** Addresses and CIDRs. */
  trustedProxies: readonly string[];
  bodyLimitBytes: number;
  concurrency: SlotOptions;
};

export type Gateway = ReturnType<typeof createGateway>;

/** The gateway core: independent of frameworks, driven by a mount, backed by its ports. */
export function createGateway(ports: GatewayPorts, options: GatewayOptions) {
  const { host, protocol } = new URL(options.gatewayUrl);
  const { pathname } = new URL(options.locationBase || options.gatewayUrl);
  const refusals = new Map<Reason, number>();
  let calls = 0;

  const upstreams = openUpstreams({ ...options, connectionsPerOrigin: options.concurrency.perUpstream });
  const core: GatewayCore = {
    ports,
    options,
    upstreams,
    slots: openFairSlots(options.concurrency),
    log: openThrottledLog(),
    isTrustedProxy: addressList(options.trustedProxies),
    forwardedPrefix: pathname.endsWith('/') ? pathname.slice(0, -1) : pathname,
    forwardedAs: ['x-forwarded-host', host, 'x-forwarded-proto', protocol.replace(':', '')],
    count: (reason) => void refusals.set(reason, (refusals.get(reason) ?? 0) + 1),
  };
  return {
    options,
    isTrustedProxy: core.isTrustedProxy,
    /** Takes one request. Its response is sent through the outlet. */
    handle(inbound: Inbound, body: Readable | null, outlet: Outlet): Exchange {
      calls++;
      const exchange = new CallExchange(core, inbound, body, outlet);
      exchange.run();
      return exchange;
    },
    metrics: () => ({ calls, refusals: Object.fromEntries(refusals) }),
    close: () => upstreams.close(),
  };
}
