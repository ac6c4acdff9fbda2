import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import type { Operator } from '#lib/access/operator.ts';
import { filterText } from '#lib/access/text.ts';

export const TEAMS_PAGE = 50;

const SORTS = ['name', 'plan', 'members', 'apps', 'requests', 'quota', 'created'] as const;
export type TeamsSort = (typeof SORTS)[number];

/** The query string of Operator, Teams. An invalid value counts as absent. `after` and `before` are team IDs. */
export const TeamsFilter = z.object({
  search: filterText(100).min(1).optional().catch(undefined),
  plan: z.uuid().optional().catch(undefined),
  sort: z.enum(SORTS).optional().catch(undefined),
  order: z.enum(['asc', 'desc']).optional().catch(undefined),
  after: z.uuid().optional().catch(undefined),
  before: z.uuid().optional().catch(undefined),
});
export type TeamsFilter = z.output<typeof TeamsFilter>;

export type OperatorTeam = {
  id: string;
  name: string;
  slug: string;
  apiId: string;
  plan: string;
  dailyQuota: number;
  createdAt: Date;
  members: number;
  apps: number;
  requestsToday: number;
};

type TeamsPage = { teams: OperatorTeam[]; total: number; next: string | null; previous: string | null };

/** Sort columns, over `t` (teams) and `l` (team_limits). Counts are computed for all teams only if sorted by. */
type Column = { value: SQL; type: SQL; join?: SQL };
const COLUMNS: Record<TeamsSort, Column> = {
  name: { value: sql`lower(t.name)`, type: sql`text` },
  plan: { value: sql`lower(l.plan_name)`, type: sql`text` },
  quota: { value: sql`l.daily_quota`, type: sql`int` },
  created: { value: sql`t.created_at`, type: sql`timestamptz` },
  members: {
    value: sql`coalesce(m.count, 0)`,
    type: sql`bigint`,
    join: sql`left join (select team_id, count(*) from members where status = 'active' group by 1) m on m.team_id = t.id`,
  },
  apps: {
    value: sql`coalesce(a.count, 0)`,
    type: sql`bigint`,
    join: sql`left join (select team_id, count(*) from applications where archived_at is null and not is_default group by 1) a
      on a.team_id = t.id`,
  },
  requests: {
    value: sql`coalesce(d.requests, 0)`,
    type: sql`bigint`,
    join: sql`left join (select team_id, sum(requests) as requests from usage_daily
      where day = (now() at time zone 'utc')::date group by 1) d on d.team_id = t.id`,
  },
};

const LIMITS = sql`join team_limits l on l.team_id = t.id`;

/**
 * A page of the installation's teams, filtered and sorted, with today's usage (UTC). Pages by the sort value and ID of
 * the team before it, so that every page costs the same. `search` finds names, slugs and API IDs.
 */
export async function listTeamsForOperator(
  { db }: { db: Queryable; operator: Operator },
  { search, plan, sort = 'name', order = 'asc', after, before }: Partial<TeamsFilter> = {},
): Promise<TeamsPage> {
  const { value, join = sql`` } = COLUMNS[sort];
  const pattern = search && `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  const matches = sql`t.deleted_at is null
    ${pattern ? sql`and (t.name ilike ${pattern} or t.slug ilike ${pattern} or t.api_id = ${search})` : sql``}
    ${plan ? sql`and l.plan_id = ${plan}` : sql``}`;
  const needsLimits = plan !== undefined || sort === 'plan' || sort === 'quota';
  const from = sql`from teams t ${needsLimits ? LIMITS : sql``} ${join}`;

  const backward = after === undefined && before !== undefined;
  const ascending = (order === 'asc') !== backward;
  const beyond = await positionOf(db, COLUMNS[sort], after ?? before, ascending ? sql`>` : sql`<`);
  const direction = ascending ? sql`asc` : sql`desc`;
  const [ids, total] = await Promise.all([
    db.execute<{ id: string }>(sql`
      select t.id ${from} where ${matches} ${beyond ?? sql``}
      order by ${value} ${direction}, t.id ${direction} limit ${TEAMS_PAGE + 1}`),
    db.execute<{ total: number }>(
      sql`select count(*)::int as total from teams t ${plan === undefined ? sql`` : LIMITS} where ${matches}`,
    ),
  ]);
  const more = ids.length > TEAMS_PAGE;
  const page = ids.slice(0, TEAMS_PAGE).map(({ id }) => id);
  if (backward) page.reverse();
  const isInside = beyond !== null;
  return {
    teams: await readTeams(db, page),
    total: total[0]!.total, // An aggregate has one row.
    next: (backward ? isInside : more) ? (page.at(-1) ?? null) : null,
    previous: (backward ? more : isInside) ? (page[0] ?? null) : null,
  };
}

/** The condition for the teams after a cursor. Null without one, or if its team never existed. */
async function positionOf(
  db: Queryable,
  { value, type, join = sql`` }: Column,
  cursor: string | undefined,
  beyond: SQL,
): Promise<SQL | null> {
  if (cursor === undefined) return null;
  // As text: a JavaScript date would lose the microseconds.
  const [row] = await db.execute<{ value: string }>(
    sql`select (${value})::text as value from teams t ${LIMITS} ${join} where t.id = ${cursor}`,
  );
  return row ? sql`and (${value}, t.id) ${beyond} (${row.value}::${type}, ${cursor}::uuid)` : null;
}

/** The figures of the teams of one page, in its order. */
async function readTeams(db: Queryable, ids: string[]): Promise<OperatorTeam[]> {
  if (ids.length === 0) return [];
  const rows = await db.execute<Omit<OperatorTeam, 'createdAt'> & { createdAt: string }>(sql`
    select t.id, t.name, t.slug, t.api_id as "apiId", l.plan_name as plan, l.daily_quota as "dailyQuota", t.created_at as "createdAt",
      (select count(*) from members m where m.team_id = t.id and m.status = 'active')::int as members,
      (select count(*) from applications a where a.team_id = t.id and a.archived_at is null and not a.is_default)::int as apps,
      (select coalesce(sum(d.requests), 0) from usage_daily d
        where d.team_id = t.id and d.day = (now() at time zone 'utc')::date)::float8 as "requestsToday"
    from teams t join team_limits l on l.team_id = t.id
    where t.id in (${sql.join(
      ids.map((id) => sql`${id}`),
      sql`, `,
    )})`);
  const byId = new Map(rows.map((row) => [row.id, { ...row, createdAt: new Date(row.createdAt) }]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
