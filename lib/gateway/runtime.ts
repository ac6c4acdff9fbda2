import { join } from 'node:path';
import type postgres from 'postgres';
import { v7 } from 'uuid';
import { connect, databaseUrl } from '#db/client.ts';
import { LookupFailed, openAdmission } from '#lib/admission/admission.ts';
import { loadRoutes } from '#lib/catalog/load-routes.ts';
import {
  openRevocationJournal,
  REVOCATIONS,
  replayRevocations,
} from '#lib/credentials/revocation-journal.ts';
import { type Env, env, readSettings } from '#lib/env.ts';
import { queryNotice } from '#lib/exposures/notice-query.ts';
import { startShipper } from '#lib/metering/ship.ts';
import { openSpool } from '#lib/metering/spool.ts';
import { openQuota, QuotaUnknown } from '#lib/quota/allowance.ts';
import { openBurst } from '#lib/quota/burst.ts';
import { settleGrants } from '#lib/quota/day-rows.ts';
import { openPresence } from '#lib/quota/presence.ts';
import { readTicket } from '#lib/tester/ticket.ts';
import { useTicket } from '#lib/tester/use-ticket.ts';
import type { GatewayOptions } from './handle.ts';
import { holdLease, type Lease } from './lease.ts';
import { type GatewayPorts, type KnownCredential, Unavailable } from './ports.ts';
import { replaceablePool } from './runtime-pool.ts';

type GatewayRuntime = {
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
  const url = databaseUrl();
  const pool = replaceablePool(() => connect(url, { max: 6, statementTimeoutMs: 5_000 }));
  const { sql } = pool;
  const openOne = (to: string): postgres.Sql => connect(to, { max: 1, statementTimeoutMs: 5_000 }).sql;
  const nodeId = v7();
  const revocations = join(settings.DATA_DIR, REVOCATIONS);

  // Before the first call: a backup may have been restored since the last one.
  await replayRevocations(pool.db(), revocations);
  const journal = await openRevocationJournal(revocations);

  let lease: Lease | undefined;
  const admission = openAdmission({ sql, mayUseCache: () => lease?.isLive() ?? false });
  const reload = async () => {
    routes = await loadRoutes(pool.db(), settings.LATCHKEY_ENCRYPTION_KEY);
  };
  let routes = await loadRoutes(pool.db(), settings.LATCHKEY_ENCRYPTION_KEY);

  const held = await holdLease({
    open: () => openOne(url),
    openListening: () => openOne(settings.DATABASE_LISTEN_URL ?? url),
    nodeId,
    mount,
    leaseSeconds: settings.GATEWAY_LEASE_SECONDS,
    async apply(change) {
      if (change.kind === 'catalog') return reload();
      admission.forget(change);
      if (change.kind === 'credential') await journal.note(pool.db(), change.id).catch(unjournaled);
    },
    async applyAll() {
      admission.forgetAll();
      await journal.catchUp(pool.db()).catch(unjournaled);
      await reload();
    },
    async onRestored() {
      admission.forgetAll();
      await replayRevocations(pool.db(), revocations);
    },
    onHung: pool.replace,
  });
  lease = held;

  const clock = dayClock(held.nowMs);
  const yesterday = () => new Date(held.nowMs() - 86_400_000).toISOString().slice(0, 10);
  const spool = openSpool({ dir: settings.spoolDir, nodeId, durability: settings.USAGE_DURABILITY });
  const shipper = startShipper({
    sql,
    spool,
    dir: settings.spoolDir,
    nodeId,
    // Its own at the stop: of the days before, it has long given back what it could.
    onAdopted: (gone) => settleGrants(sql, gone, gone === nodeId ? { since: yesterday() } : {}),
  });
  const quota = openQuota({ sql, nodeId, clock });
  const presence = openPresence({ sql, nodeId, liveNodes: held.liveNodes, listen: held.listen });
  await presence.start();
  const burst = openBurst({ presence });

  const noticeQuery = queryNotice(pool.db, readSettings(settings));

  /** Between the restore of a backup and the journal's replay the database takes revoked keys for live. */
  const asJournaled = (known: KnownCredential | null): KnownCredential | null =>
    known && known.status !== 'revoked' && journal.holds(known.keyId)
      ? { ...known, status: 'revoked' }
      : known;

  return {
    nodeId,
    ports: {
      credentials: {
        find(keyId) {
          const found = admission.find(keyId);
          return found instanceof Promise ? found.then(asJournaled, unavailable) : asJournaled(found);
        },
      },
      routes: { match: (api, method, path) => routes.match(api, method, path) },
      tickets: {
        read: (text) => readTicket(settings.LATCHKEY_ENCRYPTION_KEY, text, held.nowMs()),
        redeem: (ticket) =>
          useTicket(sql, ticket).catch((cause: unknown) => {
            throw new Unavailable('the ticket can not be checked', { cause });
          }),
      },
      burst: { take: burst.take },
      quota: {
        take(credential) {
          const taken = quota.take(credential);
          return taken instanceof Promise ? taken.catch(unavailable) : taken;
        },
        giveBack: quota.giveBack,
      },
      usage: spool,
      keyInQuery: (query) => void noticeQuery(query),
      clock,
    },
    health: () => ({
      ready: held.isLive() && spool.health().writable,
      detail: {
        nodeId,
        mount,
        leaseLive: held.isLive(),
        credentialsCached: admission.size(),
        spool: { ...spool.health(), ...shipper.status() },
      },
    }),
    async stop() {
      burst.stop();
      presence.stop();
      // In this order: the shipper settles what quota could not return, and until then others find its folder.
      await quota.stop();
      await shipper.stop();
      await held.stop();
      await pool.end();
    },
  };
}

/** The key is refused all the same; only a backup restored later could revive it. */
function unjournaled(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${JSON.stringify({ level: 'error', at: new Date().toISOString(), where: 'revocation journal', message })}\n`,
  );
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
