import type postgres from 'postgres';
import type { Operator } from '#lib/access/operator.ts';

export type GatewayNode = {
  id: string;
  mount: 'node' | 'next';
  host: string;
  pid: number;
  startedAt: Date;
  /** False when it stopped renewing its lease without announcing that it stops. */
  isLive: boolean;
  leaseUntil: Date;
  /** Whether it has applied every revocation so far. */
  upToDate: boolean;
  /** What it last reported about itself; null before its first report. */
  report: NodeReport | null;
};

export type NodeReport = {
  reportedAt: Date;
  spoolWritable: boolean;
  spoolBytes: number;
  oldestLineAt: Date | null;
  lastError: string | null;
  lastErrorAt: Date | null;
  quarantinedSegments: number;
  quarantinedBytes: number;
  /** Segments and folders of the spool that can't be shipped. */
  blocked: { name: string; error: string }[];
  keptBytes: number;
  replayedSegments: number;
  restarts: number;
};

export type Health = {
  now: Date;
  nodes: GatewayNode[];
  epoch: number;
  mailsWaiting: number;
  mailsFailed: number;
  oldestMailAt: Date | null;
  openRequests: number;
  serverVersion: string;
};

/** A gateway that stopped responding is shown this long. */
const GONE_FOR = '1 hour';

/** The first things an operator looks at: gateways and their reports, waiting emails, unfinished requests. */
export async function readHealth({ sql }: { sql: postgres.Sql; operator: Operator }): Promise<Health> {
  const [nodes, [sums]] = await Promise.all([
    readNodes(sql),
    sql<
      {
        now: string | Date;
        epoch: string;
        waiting: number;
        failed: number;
        oldest: string | Date | null;
        open: number;
        version: string;
      }[]
    >`
      select now() as now, (select epoch from access_epoch) as epoch,
        (select count(*) from outbox where sent_at is null and failed_at is null)::int as waiting,
        (select count(*) from outbox where failed_at is not null)::int as failed,
        (select min(created_at) from outbox where sent_at is null and failed_at is null) as oldest,
        (select count(*) from usage_records where outcome = 'open')::int as open,
        current_setting('server_version') as version`,
  ]);
  return {
    now: new Date(sums!.now),
    nodes,
    epoch: Number(sums!.epoch),
    mailsWaiting: sums!.waiting,
    mailsFailed: sums!.failed,
    oldestMailAt: dateOf(sums!.oldest),
    openRequests: sums!.open,
    serverVersion: sums!.version,
  };
}

/** Drizzle makes the driver return times as text. */
const dateOf = (at: string | Date | null): Date | null => (at === null ? null : new Date(at));

type NodeRow = Omit<GatewayNode, 'report'> & { [K in keyof NodeReport]: NodeReport[K] | null } & {
  spoolBytes: string | null;
  quarantinedBytes: string | null;
  keptBytes: string | null;
};

async function readNodes(sql: postgres.Sql): Promise<GatewayNode[]> {
  const rows = await sql<NodeRow[]>`
    select n.id, n.mount, n.host, n.pid, n.started_at as "startedAt", n.lease_until as "leaseUntil",
      n.lease_until > now() as "isLive", n.epoch_seen >= (select epoch from access_epoch) as "upToDate",
      h.reported_at as "reportedAt", h.spool_writable as "spoolWritable", h.spool_bytes as "spoolBytes",
      h.oldest_line_at as "oldestLineAt", h.last_error as "lastError", h.last_error_at as "lastErrorAt",
      h.quarantined_segments as "quarantinedSegments", h.quarantined_bytes as "quarantinedBytes", h.blocked,
      h.kept_bytes as "keptBytes", h.replayed_segments as "replayedSegments", h.restarts
    from gateway_nodes n left join gateway_health h on h.node_id = n.id
    where n.stopped_at is null and n.lease_until > now() - ${GONE_FOR}::interval
    order by n.lease_until > now() desc, n.started_at`;
  return rows.map(({ id, mount, host, pid, startedAt, leaseUntil, isLive, upToDate, ...row }) => ({
    ...{ id, mount, host, pid, isLive, upToDate },
    startedAt: new Date(startedAt),
    leaseUntil: new Date(leaseUntil),
    report: row.reportedAt && {
      reportedAt: new Date(row.reportedAt),
      spoolWritable: row.spoolWritable!,
      spoolBytes: Number(row.spoolBytes),
      oldestLineAt: dateOf(row.oldestLineAt),
      lastError: row.lastError,
      lastErrorAt: dateOf(row.lastErrorAt),
      quarantinedSegments: row.quarantinedSegments!,
      quarantinedBytes: Number(row.quarantinedBytes),
      blocked: row.blocked!,
      keptBytes: Number(row.keptBytes),
      replayedSegments: row.replayedSegments!,
      restarts: row.restarts!,
    },
  }));
}
