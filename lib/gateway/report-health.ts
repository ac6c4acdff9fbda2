import type postgres from 'postgres';
import type { ShipperStatus } from '#lib/metering/ship.ts';
import type { SpoolHealth } from '#lib/metering/spool.ts';
import { RepeatedError } from '#lib/process/repeated-error.ts';

/** The health of a gateway process. */
export type NodeHealth = { spool: SpoolHealth; shipper: ShipperStatus; restarts: number };

/** The health of the installation, read when the process reports. */
export type InstallationHealth = {
  mailsWaiting: number;
  mailsFailed: number;
  oldestMailSeconds: number;
  /** Scheduled jobs whose last run failed. */
  jobsFailed: number;
};

type Options = {
  sql: postgres.Sql;
  nodeId: string;
  read: () => NodeHealth;
  everyMs?: number;
};

/** Counting emails and job runs costs more than reporting. */
const INSTALLATION_EVERY_MS = 30_000;
const BLOCKED_MAX = 20;
const ERROR_MAX = 300;

/**
 * Writes this process's health to the database every few seconds: the portal runs in other processes, possibly on another
 * machine. It also reads what the metrics show about emails and jobs.
 */
export function startHealthReports({ sql, nodeId, read, everyMs = 5_000 }: Options) {
  const failures = new RepeatedError("The gateway's health can't be reported to the database");
  let installation: InstallationHealth | null = null;
  let readAt = 0;
  let running: Promise<void> | undefined;

  const report = async () => {
    await writeHealth(sql, nodeId, read());
    if (performance.now() < readAt) return;
    installation = await readInstallation(sql);
    readAt = performance.now() + INSTALLATION_EVERY_MS;
  };
  const run = () => {
    running ??= report()
      .then(
        () => failures.recovered(),
        (error: unknown) => failures.failed(error),
      )
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(run, everyMs);
  timer.unref();
  run();
  return {
    /** Null until the first report. */
    installation: () => installation,
    async stop(): Promise<void> {
      clearInterval(timer);
      await running;
    },
  };
}

export type HealthReports = ReturnType<typeof startHealthReports>;

async function writeHealth(
  sql: postgres.Sql,
  nodeId: string,
  { spool, shipper, restarts }: NodeHealth,
): Promise<void> {
  const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const blocked = [
    ...shipper.setAside.map(({ segment, error }) => ({ name: segment, error })),
    ...shipper.notAdopted.map(({ folder, error }) => ({ name: folder, error })),
  ]
    .slice(0, BLOCKED_MAX)
    .map(({ name, error }) => ({ name, error: error.slice(0, ERROR_MAX) }));
  const lastError = (shipper.error ?? spool.lastError)?.slice(0, ERROR_MAX) ?? null;
  const lastErrorAt = at(shipper.error ? Date.now() : spool.lastErrorAtMs);
  // Requires the lease's row, so this comes after the lease.
  await sql`
    insert into gateway_health (node_id, reported_at, spool_writable, spool_bytes, oldest_line_at, last_error, last_error_at,
      quarantined_segments, quarantined_bytes, blocked, kept_bytes, replayed_segments, restarts)
    select id, now(), ${spool.writable}, ${spool.bytes}, ${at(spool.oldestLineAtMs)}::timestamptz, ${lastError}::text,
      ${lastErrorAt}::timestamptz, ${shipper.quarantined.segments}, ${shipper.quarantined.bytes}, ${JSON.stringify(blocked)}::text::jsonb,
      ${shipper.keptBytes}, ${shipper.replayedSegments}, ${restarts}
    from gateway_nodes where id = ${nodeId}
    on conflict (node_id) do update set (reported_at, spool_writable, spool_bytes, oldest_line_at, last_error, last_error_at,
      quarantined_segments, quarantined_bytes, blocked, kept_bytes, replayed_segments, restarts) =
      (excluded.reported_at, excluded.spool_writable, excluded.spool_bytes, excluded.oldest_line_at, excluded.last_error,
      excluded.last_error_at, excluded.quarantined_segments, excluded.quarantined_bytes, excluded.blocked,
      excluded.kept_bytes, excluded.replayed_segments, excluded.restarts)`;
}

async function readInstallation(sql: postgres.Sql): Promise<InstallationHealth> {
  const [mail] = await sql<Omit<InstallationHealth, 'jobsFailed'>[]>`
    select (count(*) filter (where sent_at is null and failed_at is null))::int as "mailsWaiting",
      (count(*) filter (where failed_at is not null))::int as "mailsFailed",
      coalesce(extract(epoch from now() - min(created_at) filter (where sent_at is null and failed_at is null)), 0)::float8
        as "oldestMailSeconds"
    from outbox`;
  const [queue] = await sql<{ exists: boolean }[]>`select to_regclass('jobs.job') is not null as exists`;
  if (!queue?.exists) return { ...mail!, jobsFailed: 0 };
  const [jobs] = await sql<{ failed: number }[]>`
    select (count(*) filter (where state = 'failed'))::int as failed from (
      select distinct on (name) state from jobs.job
      where created_on > now() - interval '2 days' and state in ('completed', 'failed')
      order by name, created_on desc) last`;
  return { ...mail!, jobsFailed: jobs!.failed };
}

/** Prometheus text exposition format 0.0.4. */
export function healthMetrics(
  { spool, shipper, restarts }: NodeHealth,
  leaseAgeMs: number,
  installation: InstallationHealth | null,
): string[] {
  const gauge = (name: string, value: number) => [
    `# TYPE latchkey_${name} gauge`,
    `latchkey_${name} ${value}`,
  ];
  const oldestMs = spool.oldestLineAtMs === null ? 0 : Math.max(0, Date.now() - spool.oldestLineAtMs);
  return [
    gauge('spool_writable', spool.writable ? 1 : 0),
    gauge('spool_bytes', spool.bytes),
    gauge('spool_oldest_seconds', oldestMs / 1_000),
    gauge('spool_last_error_timestamp_seconds', (spool.lastErrorAtMs ?? 0) / 1_000),
    gauge('spool_ship_failures', shipper.failures),
    gauge('spool_quarantined_segments', shipper.quarantined.segments),
    gauge('spool_quarantined_bytes', shipper.quarantined.bytes),
    gauge('spool_blocked', shipper.setAside.length + shipper.notAdopted.length),
    gauge('spool_kept_bytes', shipper.keptBytes),
    gauge('spool_replayed_segments', shipper.replayedSegments),
    gauge('lease_age_seconds', leaseAgeMs / 1_000),
    gauge('restarts', restarts),
    ...(installation
      ? [
          gauge('mails_waiting', installation.mailsWaiting),
          gauge('mails_failed', installation.mailsFailed),
          gauge('mail_oldest_seconds', installation.oldestMailSeconds),
          gauge('jobs_failed', installation.jobsFailed),
        ]
      : []),
  ].flat();
}
