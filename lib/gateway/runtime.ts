import { join } from 'node:path';
import type postgres from 'postgres';
import { v7 } from 'uuid';
import { connect } from '#db/client.ts';
import type { Settings } from '#lib/access/settings.ts';
import { openAdmission } from '#lib/admission/admission.ts';
import { openPageOrigins } from '#lib/admission/page-origins.ts';
import { loadRoutes } from '#lib/catalog/load-routes.ts';
import {
  openRevocationJournal,
  REVOCATIONS,
  replayRevocations,
} from '#lib/credentials/revocation-journal.ts';
import { pageUseRecorder } from '#lib/exposures/record-page-use.ts';
import { queryKeyRecorder } from '#lib/exposures/record-query-keys.ts';
import { log } from '#lib/process/log.ts';
import { restarts } from '#lib/process/restarts.ts';
import { openBurst } from '#lib/quota/burst.ts';
import { openPresence } from '#lib/quota/presence.ts';
import { dayClock } from './day-clock.ts';
import { holdLease, type Lease } from './lease.ts';
import { startMetering } from './metering.ts';
import type { GatewayPorts, KnownCredential } from './ports.ts';
import { replaceablePool } from './runtime-pool.ts';
import { credentialsPort, quotaPort, ticketsPort } from './runtime-ports.ts';

export type RuntimeOptions = {
  readonly mount: 'node' | 'next';
  readonly databaseUrl: string;
  /** A direct connection for LISTEN, if `databaseUrl` goes through a transaction pooler. */
  readonly listenUrl: string;
  readonly dataDir: string;
  readonly spoolDir: string;
  readonly durability: 'disk' | 'process';
  /** For how long, and up to how many bytes, shipped usage is kept in case the database loses commits. */
  readonly keep: { forMs: number; bytesMax: number };
  readonly settings: Settings;
  readonly leaseSeconds: number;
};

export type GatewayRuntime = {
  readonly nodeId: string;
  readonly ports: GatewayPorts;
  /** Whether requests can be served right now, and the state of each part. */
  health(): { ready: boolean; detail: Record<string, unknown>; metrics: readonly string[] };
  /** Ends the lease: changes no longer wait for this process, and it accepts no requests. */
  endLease(): Promise<void>;
  /** Ships the spool, returns unused quota and ends the lease. Call it when no request is in progress. */
  stop(): Promise<void>;
};

const STATEMENT_TIMEOUT_MS = 5_000;
/** Longer than the 60 s that shipping usage gives a statement. The lease notices a hanging database earlier. */
const SILENCE_MS = 65_000;

/** Connects the gateway core to the database, the spool and the catalog, for one mount in this process. */
export async function startGatewayRuntime(options: RuntimeOptions): Promise<GatewayRuntime> {
  const { databaseUrl: url, settings, mount } = options;
  const pool = replaceablePool(() =>
    connect(url, { max: 6, statementTimeoutMs: STATEMENT_TIMEOUT_MS, silenceMs: SILENCE_MS }),
  );
  const { sql } = pool;
  const nodeId = v7();
  const cache = await openCache(options, pool, nodeId);
  const { lease, admission, journal } = cache;

  const clock = dayClock(lease.nowMs);
  const { spoolDir, durability, keep } = options;
  const metering = await startMetering({
    ...{ sql, nodeId, clock, listen: lease.listen, spoolDir, durability, keep, restarts },
  });
  const presence = openPresence({ sql, nodeId, liveNodes: lease.liveNodes, listen: lease.listen });
  await presence.start();
  const burst = openBurst({ presence });
  const recordQueryKeys = queryKeyRecorder(pool.db, settings);
  const recordPageUse = pageUseRecorder(pool.db);

  /** Between a restored backup and the journal's replay, the database has revoked keys as active. */
  const asJournaled = (known: KnownCredential | null): KnownCredential | null =>
    known && known.status !== 'revoked' && journal.holds(known.keyId)
      ? { ...known, status: 'revoked' }
      : known;

  return {
    nodeId,
    ports: {
      credentials: credentialsPort(admission, asJournaled),
      routes: {
        match: (...request) => cache.routes().match(...request),
        api: (api) => cache.routes().api(api),
      },
      origins: cache.origins,
      tickets: ticketsPort(sql, settings.encryptionKey, lease),
      burst: { take: burst.take },
      quota: quotaPort(metering.quota, lease),
      usage: metering.spool,
      usedOnPage: (credential, origin) => void recordPageUse(credential, origin),
      keyInQuery: (query) => void recordQueryKeys(query),
      clock,
    },
    health: () => {
      const spool = metering.status();
      return {
        ready: lease.isLive() && spool.writable,
        detail: {
          nodeId,
          mount,
          leaseLive: lease.isLive(),
          leaseAgeMs: Math.round(lease.ageMs()),
          credentialsCached: admission.size(),
          spool,
        },
        metrics: metering.metrics(lease.ageMs()),
      };
    },
    endLease: lease.stop,
    async stop() {
      burst.stop();
      presence.stop();
      await metering.stop();
      await lease.stop();
      await pool.end();
    },
  };
}

/** The keys and routes a process caches, and the lease that keeps them valid. */
async function openCache(
  { databaseUrl, listenUrl, dataDir, settings, mount, leaseSeconds }: RuntimeOptions,
  pool: ReturnType<typeof replaceablePool>,
  nodeId: string,
) {
  const openOne = (url: string): postgres.Sql =>
    connect(url, { max: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS }).sql;
  const revocations = join(dataDir, REVOCATIONS);
  // Before the first request: a backup may have been restored since the last start.
  await replayRevocations(pool.db(), revocations);
  const journal = await openRevocationJournal(revocations);

  let held: Lease | undefined;
  const admission = openAdmission({
    sql: pool.sql,
    mayUseCache: () => held?.isLive() ?? false,
    isReachable: () => held?.isReachable() ?? true,
  });
  const origins = openPageOrigins({ sql: pool.sql, isReachable: () => held?.isReachable() ?? true });
  let routes = await loadRoutes(pool.db(), settings.encryptionKey);
  const reload = async () => {
    routes = await loadRoutes(pool.db(), settings.encryptionKey);
  };
  const lease = await holdLease({
    open: () => openOne(databaseUrl),
    openListening: () => openOne(listenUrl),
    nodeId,
    mount,
    leaseSeconds,
    async apply(change) {
      origins.forget();
      if (change.kind === 'catalog') return reload();
      admission.forget(change);
      if (change.kind === 'credential') await journal.note(pool.db(), change.id).catch(notJournaled);
    },
    async applyAll() {
      origins.forget();
      admission.forgetAll();
      await journal.catchUp(pool.db()).catch(notJournaled);
      await reload();
    },
    async onRestored() {
      admission.forgetAll();
      await replayRevocations(pool.db(), revocations);
    },
    onHung: pool.replace,
  });
  held = lease;
  return { lease, admission, journal, origins, routes: () => routes };
}

/** The key is rejected anyway. Only a backup restored later could bring it back. */
function notJournaled(err: unknown): void {
  log.error({ err }, 'A revocation could not be written to the journal');
}
