import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { nameTraffic } from './name-traffic.ts';
import { coarsest, SUMS, total, type UsageRequest, within } from './read-usage.ts';
import {
  type Dimension,
  type StatusRow,
  TOP,
  type Traffic,
  type TrafficGroup,
  type UsageSums,
} from './types.ts';
import { resolveScope, type Scoped } from './usage-scope.ts';

/** Rows listed for the dimension that is shown in full. */
const ALL = 1_000;

type Split = UsageSums & {
  endpointId: string | null;
  credentialId: string | null;
  applicationId: string | null;
  memberId: string | null;
  environment: string | null;
  outcome: StatusRow['outcome'] | null;
  status: number | null;
  reason: string | null;
  /** Which grouping set the row belongs to, as a `grouping()` bit mask: 1 without endpoint, 2 without credential. */
  without: number;
};

/**
 * Requests of a time span, grouped by status and by each dimension, busiest first: `TOP` rows of each, and up to `ALL` of
 * the dimension `all`. Null if the scope names something that doesn't exist.
 */
export async function readTraffic(
  { db, member }: { db: Queryable; member: Member },
  { scope, span, all, now = new Date() }: Omit<UsageRequest, 'compare'> & { all?: Dimension | undefined },
): Promise<{ statuses: StatusRow[]; traffic: Traffic } | null> {
  const scoped = await resolveScope({ db, member }, scope);
  if (!scoped) return null;
  const limit = (dimension: Dimension) => (dimension === all ? ALL : TOP);
  const [splits, clients] = await Promise.all([
    db.execute<Split>(sql`
      select endpoint_id as "endpointId", credential_id as "credentialId", application_id as "applicationId",
        member_id as "memberId", environment, outcome, status, reason, grouping(credential_id, endpoint_id) as without, ${SUMS}
      from ${coarsest(span, now)} where ${scoped.rows} and ${within(span.from, span.to)}
      group by grouping sets ((outcome, status, reason), (endpoint_id),
        (credential_id, application_id, member_id, environment))`),
    scoped.endpoint ? null : readClients(db, scoped, span.from, span.to, limit('ip')),
  ]);
  const byEndpoint = splits.filter((row) => row.without === 2);
  const byKey = splits.filter((row) => row.without === 1);
  const found = (dimension: Dimension, rows: readonly Split[], column: keyof Split) => {
    const merged = merge(rows, column);
    return { rows: merged.slice(0, limit(dimension)), count: merged.length };
  };
  return {
    statuses: splits
      .filter((row) => row.without === 3)
      .map(({ outcome, status, reason, ...row }) => ({
        ...{ outcome: outcome!, status, reason }, // Never null in a rollup.
        ...sums(row),
      }))
      .sort((a, b) => b.calls - a.calls),
    traffic: await nameTraffic(db, member, {
      endpoint: found('endpoint', byEndpoint, 'endpointId'),
      app: found('app', byKey, 'applicationId'),
      key: found('key', byKey, 'credentialId'),
      member: found('member', byKey, 'memberId'),
      environment: found('environment', byKey, 'environment'),
      ip: clients,
    }),
  };
}

const sums = ({ requests, errors, refused, calls }: UsageSums): UsageSums => ({
  requests,
  errors,
  refused,
  calls,
});

function merge(rows: readonly Split[], column: keyof Split): TrafficGroup[] {
  const groups = Map.groupBy(rows, (row) => row[column]);
  return [...groups]
    .map(([id, ofOne]) => ({ id: id === null ? null : String(id), ...total(ofOne) }))
    .sort((a, b) => b.requests - a.requests || b.calls - a.calls);
}

/** Client addresses are recorded per UTC day, when a request is admitted. */
async function readClients(db: Queryable, { teamId, keys }: Scoped, from: Date, to: Date, limit: number) {
  const [first, last] = [from, new Date(to.getTime() - 1)].map((at) => at.toISOString().slice(0, 10));
  const rows = await db.execute<TrafficGroup & { count: number }>(sql`
    select u.client_ip as id, sum(u.calls - u.refused)::float8 as requests, 0::float8 as errors, sum(u.refused)::float8 as refused,
      sum(u.calls)::float8 as calls, (count(*) over ())::float8 as count
    from usage_clients u join credentials c on c.id = u.credential_id
    where u.team_id = ${teamId} and ${keys} and u.day between ${first}::date and ${last}::date
    group by u.client_ip order by requests desc, calls desc, u.client_ip limit ${limit}`);
  return { rows: rows.map(({ count: _, ...row }) => row), count: rows[0]?.count ?? 0 };
}
