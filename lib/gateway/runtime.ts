import { v7 } from 'uuid';
import { connect, databaseUrl } from '#db/client.ts';
import { loadRoutes } from '#lib/catalog/load-routes.ts';
import { LookupFailed, openAdmission } from '#lib/credentials/admission.ts';
import { type Env, env } from '#lib/env.ts';
import { openQuota, QuotaUnknown, settleGrants } from '#lib/quota/allowance.ts';
import { startShipper } from '#lib/usage/ship.ts';
import { openSpool } from '#lib/usage/spool.ts';
import type { GatewayOptions } from './handle.ts';
import { holdLease, type Lease } from './lease.ts';
import { type GatewayPorts, Unavailable } from './ports.ts';

export type GatewayRuntime = {
  readonly nodeId: string;
  readonly ports: GatewayPorts;
  /** Whether calls can be admitted right now, and what each part says. */
  health(): { ready: boolean; detail: Record<string, unknown> };
  /** Ships what is spooled, returns unused quota and ends the lease. Call it when no call is under way. */
  stop(): Promise<void>;
};

/** Connects the gateway core to the database, the spool and the catalog, for one mount in this process. */
export async function startGatewayRuntime(
  mount: 'node' | 'next',
  settings: Env = env(),
): Promise<GatewayRuntime> {
  const { sql, db } = connect(databaseUrl(), { max: 6, statementTimeoutMs: 5_000 });
  const listening = settings.DATABASE_LISTEN_URL
    ? connect(settings.DATABASE_LISTEN_URL, { max: 1 })
    : { sql };
  const nodeId = v7();

  let lease: Lease | undefined;
  const admission = openAdmission({ sql, mayUseCache: () => lease?.isLive() ?? false });
  const reload = async () => {
    routes = await loadRoutes(db, settings.LATCHKEY_ENCRYPTION_KEY);
  };
  let routes = await loadRoutes(db, settings.LATCHKEY_ENCRYPTION_KEY);

  const held = await holdLease({
    sql,
    listenSql: listening.sql,
    nodeId,
    mount,
    leaseSeconds: settings.GATEWAY_LEASE_SECONDS,
    apply: (change) => (change.kind === 'catalog' ? reload() : admission.forget(change)),
    applyAll: () => {
      admission.forgetAll();
      return reload();
    },
  });
  lease = held;

  const clock = dayClock(held.nowMs);
  const spool = openSpool({ dir: settings.spoolDir, nodeId, durability: settings.USAGE_DURABILITY });
  const shipper = startShipper({
    sql,
    spool,
    dir: settings.spoolDir,
    nodeId,
    onAdopted: (dead) => settleGrants(sql, dead),
  });
  const quota = openQuota({ sql, nodeId, clock });

  return {
    nodeId,
    ports: {
      credentials: {
        find(keyId) {
          const found = admission.find(keyId);
          return found instanceof Promise ? found.catch(unavailable) : found;
        },
      },
      routes: { match: (api, method, path) => routes.match(api, method, path) },
      quota: {
        take(credential) {
          const taken = quota.take(credential);
          return taken instanceof Promise ? taken.catch(unavailable) : taken;
        },
        giveBack: quota.giveBack,
      },
      usage: spool,
      clock,
    },
    health: () => ({
      ready: held.isLive(),
      detail: {
        nodeId,
        mount,
        leaseLive: held.isLive(),
        credentialsCached: admission.size(),
        spool: spool.status(),
      },
    }),
    async stop() {
      await shipper.stop();
      await quota.stop();
      await held.stop();
      await sql.end({ timeout: 2 });
      if (listening.sql !== sql) await listening.sql.end({ timeout: 2 });
    },
  };
}

/** Adds the UTC date to a clock, worked out once a day. */
function dayClock(nowMs: () => number) {
  let day = '';
  let endsAt = 0;
  let beginsAt = 0;
  return {
    nowMs,
    day() {
      const now = nowMs();
      if (now < beginsAt || now >= endsAt) {
        day = new Date(now).toISOString().slice(0, 10);
        beginsAt = Date.parse(day);
        endsAt = beginsAt + 86_400_000;
      }
      return day;
    },
  };
}

/** Next hands bodies on up to `proxyClientMaxBodySize` (65 MB in next.config.mjs) and cuts off the rest. */
const NEXT_BODY_BYTES_MAX = 64_000_000;

/** The core's options for a mount, from the environment. */
export function gatewayOptions(mount: 'node' | 'next', settings: Env = env()): GatewayOptions {
  return {
    portalUrl: settings.PORTAL_URL,
    gatewayUrl: mount === 'node' ? settings.GATEWAY_URL : settings.PORTAL_URL,
    locationBase: mount === 'node' ? '' : `${settings.PORTAL_URL}/gateway`,
    trustedProxies: settings.TRUSTED_PROXIES,
    bodyLimitBytes:
      mount === 'node'
        ? settings.GATEWAY_BODY_LIMIT_BYTES
        : Math.min(settings.GATEWAY_BODY_LIMIT_BYTES, NEXT_BODY_BYTES_MAX),
    allowPrivateUpstreams: settings.ALLOW_PRIVATE_UPSTREAMS,
    connectTimeoutMs: settings.GATEWAY_CONNECT_TIMEOUT_MS,
    firstByteTimeoutMs: settings.GATEWAY_FIRST_BYTE_TIMEOUT_MS,
    idleTimeoutMs: settings.GATEWAY_IDLE_TIMEOUT_MS,
  };
}

function unavailable(error: unknown): never {
  throw error instanceof LookupFailed || error instanceof QuotaUnknown
    ? new Unavailable(error.message, { cause: error })
    : error;
}
