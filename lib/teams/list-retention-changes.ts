import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Operator } from '#lib/access/operator.ts';

export type RetentionChange = {
  id: string;
  /** The team or plan that was changed. */
  subject: string;
  daysBefore: number;
  daysAfter: number;
  requests: number;
  teams: number;
  /** What Undo does: restore the retention, the team's plan, or the default plan. */
  undo: 'retention' | 'plan' | 'default_plan';
  /** The plan that Undo restores; null for the default plan. */
  planBefore: string | null;
  actor: string;
  dueAt: Date;
};

type Row = Omit<RetentionChange, 'dueAt'> & { dueAt: string };

/**
 * Changes that lowered log retention and can still be undone, the most urgent first: of one team, including those of its
 * plan, or of all teams and plans. Counts only the teams that still keep requests because of a change.
 */
export async function listRetentionChanges(
  { db }: { db: Queryable; operator: Operator | 'operator' },
  { teamId }: { teamId?: string } = {},
): Promise<RetentionChange[]> {
  const rows = await db.execute<Row>(sql`
    select c.id, coalesce(t.name, p.name, 'Deleted plan') as subject, max(h.keep_days) as "daysBefore",
      max(l.retention_days) as "daysAfter", sum(h.requests)::float8 as requests, count(*)::int as teams,
      case c.cause when 'team_plan' then 'plan' when 'default_plan' then 'default_plan' else 'retention' end as undo,
      (select name from plans where id = c.plan_before) as "planBefore", c.actor, c.due_at as "dueAt"
    from retention_changes c
    join retention_holds h on h.change_id = c.id
    join team_limits l on l.team_id = h.team_id and l.retention_days < h.keep_days
    left join teams t on t.id = c.team_id
    left join plans p on p.id = c.plan_id
    where c.canceled_at is null and c.due_at > now()
      and ${teamId === undefined ? sql`true` : sql`h.team_id = ${teamId}`}
    group by c.id, t.name, p.name order by c.due_at, c.id`);
  return rows.map((row) => ({ ...row, dueAt: new Date(row.dueAt) }));
}
