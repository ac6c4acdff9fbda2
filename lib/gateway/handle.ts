import type { Readable } from 'node:stream';
import type { Reason } from '#lib/refusals/reasons.ts';
import { Call, type Outlet } from './call.ts';
import { addressList } from './client-address.ts';
import type { Inbound } from './inbound.ts';
import type { GatewayPorts } from './ports.ts';
import { openUpstreams, type UpstreamOptions } from './upstreams.ts';

export type GatewayOptions = UpstreamOptions & {
  /** Where refusals' `type` pages live. */
  portalUrl: string;
  /** Public address of this mount, told to upstreams as X-Forwarded-Host and -Proto. */
  gatewayUrl: string;
  /** What a Location puts before `/{api}/…`: '' on the node mount; Next takes absolute ones only. */
  locationBase: string;
  /** Addresses and CIDRs. */
  trustedProxies: readonly string[];
  bodyLimitBytes: number;
};

export type Gateway = ReturnType<typeof createGateway>;

/** The gateway core: framework-free, fed by a mount, served by its ports. */
export function createGateway(ports: GatewayPorts, options: GatewayOptions) {
  const { host, protocol } = new URL(options.gatewayUrl);
  const refusals = new Map<Reason, number>();
  let calls = 0;

  const gateway = {
    ports,
    options,
    upstreams: openUpstreams(options),
    isTrustedProxy: addressList(options.trustedProxies),
    forwardedAs: [
      'x-forwarded-host',
      host,
      'x-forwarded-proto',
      protocol.replace(':', ''),
    ] as readonly string[],
    /** Takes one call; its answer leaves through the outlet. */
    handle(inbound: Inbound, body: Readable | null, outlet: Outlet): Call {
      calls++;
      const call = new Call(gateway, inbound, body, outlet);
      call.run();
      return call;
    },
    count(reason: Reason): void {
      refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
    },
    /** An unexpected error: for the operator's log, never for the client. */
    report(error: unknown): void {
      const cause =
        error instanceof Error
          ? { name: error.name, message: error.message, stack: error.stack }
          : { message: String(error) };
      process.stderr.write(
        `${JSON.stringify({ level: 'error', at: new Date().toISOString(), where: 'gateway', ...cause })}\n`,
      );
    },
    metrics: () => ({ calls, refusals: Object.fromEntries(refusals) }),
    close: () => gateway.upstreams.close(),
  };
  return gateway;
}
