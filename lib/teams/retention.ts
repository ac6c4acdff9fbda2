import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { type retentionCause, retentionChanges, retentionHolds } from '#db/schema/retention.ts';
import { members } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';

/** How long requests stay after a change that lowers log retention. It can be undone until then. */
const UNDO_HOURS = 24;
/** Up to this number, requests are counted exactly. Beyond it, daily sums are fast enough for a page. */
const COUNTED_MAX = 1_000_000;

export type RetentionLoss = {
  teamId: string;
  name: string;
  slug: string;
  daysBefore: number;
  /** Requests that will be deleted because of the change. */
  requests: number;
};

/** A limit that is lower than the current number. Nothing is removed, but nothing can be added. */
export type ExceededLimit = { name: string; what: 'members' | 'apps'; has: number; max: number };

/** The effect of changed limits on the affected teams. */
export type LimitsImpact = {
  /** The team or plan whose name confirms the change. */
  subject: string;
  daysAfter: number;
  /** Requests are deleted after this time. */
  dueAt: Date;
  /** Teams that lose requests, most requests first. */
  losses: RetentionLoss[];
  requests: number;
  /** Whether the numbers are from daily sums. */
  approximate: boolean;
  exceeded: ExceededLimit[];
};

/** The teams that a change affects: a condition on `teams` as `t` and their current limits as `l`. */
export type Affected = {
  teams: SQL;
  /** Whether custom limits of a team take precedence over the new ones. */
  isPlan?: boolean;
  retentionDays: number;
  membersMax?: number | null;
  applicationsMax?: number | null;
};

/** The impact of a change, measured before it is made. Null if it deletes nothing and no team exceeds a new limit. */
export async function measureImpact(
  tx: Queryable,
  subject: string,
  affected: Affected,
): Promise<LimitsImpact | null> {
  const [clock] = await tx.execute<{ due: string }>(
    sql`select now() + make_interval(hours => ${UNDO_HOURS}) as due`,
  );
  const dueAt = new Date(clock!.due);
  const { losses, approximate } = await measureLosses(tx, affected, dueAt);
  const exceeded = await readExceeded(tx, affected);
  if (losses.length + exceeded.length === 0) return null;
  const requests = losses.reduce((sum, loss) => sum + loss.requests, 0);
  return { subject, daysAfter: affected.retentionDays, dueAt, losses, requests, approximate, exceeded };
}

/** Whether a change can be made: it has no impact, or the name was entered to confirm it. */
export const isConfirmed = (impact: LimitsImpact | null, confirm: string | undefined): boolean =>
  impact === null || confirm?.trim() === impact.subject;

type Loss = { id: string; name: string; slug: string; before: number; requests: number };

async function measureLosses(tx: Queryable, { teams, isPlan, retentionDays }: Affected, dueAt: Date) {
  // Days older than the retention before the change are deleted in any case.
  const day = sql`(${dueAt.toISOString()}::timestamptz at time zone 'utc')::date`;
  const from = sql`(${day} - a.before)::timestamp at time zone 'utc'`;
  const until = sql`(${day} - ${retentionDays}::int)::timestamp at time zone 'utc'`;
  const lowered = sql`a as materialized (
    select t.id, t.name, t.slug, l.retention_days as before from teams t join team_limits l on l.team_id = t.id
    where ${teams} and ${isPlan ? sql`t.retention_days is null` : sql`true`} and l.retention_days > ${retentionDays}::int)`;
  const counted = await tx.execute<Loss>(sql`
    with ${lowered}, found as (
      select a.id from a cross join lateral (
        select from usage_records r where r.team_id = a.id and r.id >= usage_id_from(${from}) and r.id < usage_id_from(${until})) r
      limit ${COUNTED_MAX + 1})
    select a.id, a.name, a.slug, a.before, count(*)::float8 as requests from a join found on found.id = a.id
    group by a.id, a.name, a.slug, a.before order by requests desc, a.name`);
  const approximate = counted.reduce((sum, { requests }) => sum + requests, 0) > COUNTED_MAX;
  const rows = approximate
    ? await tx.execute<Loss>(sql`
        with ${lowered}
        select a.id, a.name, a.slug, a.before, sum(d.calls)::float8 as requests
        from a join usage_days d on d.team_id = a.id and d.bucket >= ${from} and d.bucket < ${until}
        group by a.id, a.name, a.slug, a.before order by requests desc, a.name`)
    : counted;
  const losses = rows.map(
    ({ id: teamId, name, slug, before: daysBefore, requests }): RetentionLoss => ({
      ...{ teamId, name, slug, daysBefore, requests },
    }),
  );
  return { losses, approximate };
}

async function readExceeded(
  tx: Queryable,
  { teams, isPlan, membersMax = null, applicationsMax = null }: Affected,
): Promise<ExceededLimit[]> {
  if (membersMax === null && applicationsMax === null) return [];
  const unlessCustom = (column: SQL) => (isPlan ? sql`${column} is null` : sql`true`);
  return tx.execute<ExceededLimit>(sql`
    select name, what, has, max from (
      select t.name, 'members' as what, ${membersMax}::int as max, l.members_max as before,
        (select count(*) from members m where m.team_id = t.id and m.status = 'active')::int as has
      from teams t join team_limits l on l.team_id = t.id where ${teams} and t.deleted_at is null and ${unlessCustom(sql`t.members_max`)}
      union all
      select t.name, 'apps', ${applicationsMax}::int, l.applications_max,
        (select count(*) from applications a where a.team_id = t.id and a.archived_at is null and not a.is_default)::int
      from teams t join team_limits l on l.team_id = t.id where ${teams} and t.deleted_at is null and ${unlessCustom(sql`t.applications_max`)}) limits
    where has > max and coalesce(before > max, true) order by name, what limit 50`);
}

type Change = {
  cause: (typeof retentionCause.enumValues)[number];
  teamId?: string;
  planId?: string | null;
  daysBefore?: number | null;
  daysAfter?: number | null;
  planBefore?: string | null;
  planAfter?: string | null;
};

/**
 * Records a change that lowers log retention: holds the requests of the affected teams until it is due, writes an audit
 * row for each team, and emails its owners. Call it in the transaction of the change, before the change.
 */
export async function holdRequests(
  { db: tx, settings }: DbAndSettings,
  operator: Operator | 'operator',
  impact: LimitsImpact | null,
  change: Change,
): Promise<void> {
  if (!impact || impact.losses.length === 0) return;
  const { dueAt, requests, losses, daysAfter } = impact;
  const actor = operator === 'operator' ? operator : `${operator.name} <${operator.email}>`;
  const [row] = await tx
    .insert(retentionChanges)
    .values({ ...change, requests, actor, dueAt })
    .returning({ id: retentionChanges.id });
  const changeId = row!.id;
  await tx.insert(retentionHolds).values(
    losses.map((loss) => ({
      ...{ changeId, teamId: loss.teamId, keepDays: loss.daysBefore, requests: loss.requests, until: dueAt },
    })),
  );
  for (const { teamId, daysBefore, requests: lost } of losses)
    await recordAudit(
      tx,
      operator,
      'team.lower_retention',
      { kind: 'team', id: teamId },
      {
        ...{ teamId, before: { retentionDays: daysBefore } },
        after: { retentionDays: daysAfter, requestsDeleted: lost, deletedAfter: dueAt.toISOString() },
      },
    );
  await emailOwners({ db: tx, settings }, losses, (loss) => ({
    ...{ change: 'lowered' as const, daysBefore: loss.daysBefore, daysAfter, requests: loss.requests },
    dueAt: dueAt.toISOString(),
  }));
}

type EmailProps = {
  change: 'lowered' | 'restored';
  daysBefore: number;
  daysAfter: number;
  requests: number;
  dueAt: string;
};

/** Emails the owners of each team. Deleted teams have nobody to email. */
export async function emailOwners<T extends { teamId: string }>(
  { db: tx, settings }: DbAndSettings,
  affected: readonly T[],
  propsOf: (team: T) => EmailProps,
): Promise<void> {
  const byId = new Map(affected.map((team) => [team.teamId, team]));
  const owners = await readOwners(tx, [...byId.keys()]);
  for (const { teamId, team, slug, name, email } of owners)
    await enqueueMail(
      { db: tx, settings },
      {
        to: email,
        template: 'log-retention',
        props: { name, team, link: `${settings.portalUrl}/t/${slug}/logs`, ...propsOf(byId.get(teamId)!) },
      },
    );
}

function readOwners(tx: Queryable, teamIds: readonly string[]) {
  return tx
    .select({
      ...{ teamId: members.teamId, name: users.name, email: users.email },
      team: sql<string>`t.name`,
      slug: sql<string>`t.slug`,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .innerJoin(sql`teams t`, sql`t.id = ${members.teamId} and t.deleted_at is null`)
    .where(
      and(inArray(members.teamId, [...teamIds]), eq(members.role, 'owner'), eq(members.status, 'active')),
    )
    .orderBy(members.teamId, members.id);
}

/** Cancels pending changes that no longer lower the retention of any team, because it was raised again. */
export async function cancelRaised(tx: Queryable): Promise<void> {
  await tx
    .update(retentionChanges)
    .set({ canceledAt: sql`now()` })
    .where(
      and(
        isNull(retentionChanges.canceledAt),
        sql`${retentionChanges.dueAt} > now()`,
        sql`not exists (select from retention_holds h join team_limits l on l.team_id = h.team_id
          where h.change_id = retention_changes.id and h.keep_days > l.retention_days)`,
      ),
    );
}
