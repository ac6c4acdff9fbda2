import { type Env, readSettings } from '#lib/env.ts';
import type { GatewayOptions } from './create-gateway.ts';
import type { NodeMountOptions } from './node-mount.ts';
import type { RuntimeOptions } from './runtime.ts';

type Mount = RuntimeOptions['mount'];

/** Next passes on bodies up to `proxyClientMaxBodySize` (65 MB in next.config.mjs) and truncates larger ones. */
const NEXT_BODY_BYTES_MAX = 64_000_000;
/** The longest time a request waits for a slot. */
const SLOT_WAIT_MS = 5_000;

/** The runtime's options for a mount. `databaseUrl` may come from the embedded PostgreSQL. */
export function runtimeOptions(mount: Mount, settings: Env, databaseUrl: string): RuntimeOptions {
  return {
    mount,
    databaseUrl,
    listenUrl: settings.DATABASE_LISTEN_URL ?? databaseUrl,
    dataDir: settings.DATA_DIR,
    spoolDir: settings.spoolDir,
    durability: settings.USAGE_DURABILITY,
    keep: { forMs: settings.USAGE_KEEP_SECONDS * 1_000, bytesMax: settings.USAGE_KEEP_BYTES },
    settings: readSettings(settings),
    leaseSeconds: settings.GATEWAY_LEASE_SECONDS,
  };
}

/** The core's options for a mount. */
export function gatewayOptions(mount: Mount, settings: Env): GatewayOptions {
  const limit = settings.GATEWAY_BODY_LIMIT_BYTES;
  return {
    portalUrl: settings.PORTAL_URL,
    gatewayUrl: mount === 'node' ? settings.GATEWAY_URL : settings.PORTAL_URL,
    locationBase: mount === 'node' ? '' : `${settings.PORTAL_URL}/gateway`,
    trustedProxies: settings.TRUSTED_PROXIES,
    bodyLimitBytes: mount === 'node' ? limit : Math.min(limit, NEXT_BODY_BYTES_MAX),
    allowPrivateUpstreams: settings.ALLOW_PRIVATE_UPSTREAMS,
    connectTimeoutMs: settings.GATEWAY_CONNECT_TIMEOUT_MS,
    firstByteTimeoutMs: settings.GATEWAY_FIRST_BYTE_TIMEOUT_MS,
    idleTimeoutMs: settings.GATEWAY_IDLE_TIMEOUT_MS,
    concurrency: {
      perUpstream: settings.GATEWAY_UPSTREAM_CONNECTIONS,
      perTeam: settings.GATEWAY_TEAM_CONCURRENCY,
      queueMax: settings.GATEWAY_TEAM_QUEUE,
      waitMs: SLOT_WAIT_MS,
    },
  };
}

export const nodeMountOptions = (settings: Env): NodeMountOptions => ({
  connectionsPerClient: settings.GATEWAY_CONNECTIONS_PER_CLIENT,
});
