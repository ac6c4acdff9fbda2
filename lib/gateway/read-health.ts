import type postgres from 'postgres';
import type { Operator } from '#lib/access/operator.ts';

type GatewayNode = {
  id: string;
  mount: 'node' | 'next';
  host: string;
  pid: number;
  startedAt: Date;
  leaseUntil: Date;
  upToDate: boolean;
};
export type Health = {
  nodes: GatewayNode[];
  epoch: number;
  mailsWaiting: number;
  mailsFailed: number;
  oldestMailAt: Date | null;
  openCalls: number;
  serverVersion: string;
};

/** What an operator looks at first: gateways with a live lease, mails that wait, calls without an end. */
export async function readHealth({ sql }: { sql: postgres.Sql; operator: Operator }): Promise<Health> {
  const nodes = await sql<GatewayNode[]>`
    select id, mount, host, pid, started_at as "startedAt", lease_until as "leaseUntil",
      epoch_seen >= (select epoch from access_epoch) as "upToDate"
    from gateway_nodes where stopped_at is null and lease_until > now() order by started_at`;
  const [sums] = await sql<
    { epoch: string; waiting: number; failed: number; oldest: Date | null; open: number; version: string }[]
  >`
    select (select epoch from access_epoch) as epoch,
      (select count(*) from outbox where sent_at is null and failed_at is null)::int as waiting,
      (select count(*) from outbox where failed_at is not null)::int as failed,
      (select min(created_at) from outbox where sent_at is null and failed_at is null) as oldest,
      (select count(*) from usage_records where outcome = 'open')::int as open,
      current_setting('server_version') as version`;
  return {
    nodes: [...nodes],
    epoch: Number(sums!.epoch),
    mailsWaiting: sums!.waiting,
    mailsFailed: sums!.failed,
    oldestMailAt: sums!.oldest,
    openCalls: sums!.open,
    serverVersion: sums!.version,
  };
}
