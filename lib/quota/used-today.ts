import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { DayLimit } from '#lib/admission/day-limits.ts';
import { ON_RECORD } from './day-rows.ts';

/** Today, by the database's clock in UTC. */
const today: SQL = sql`(now() at time zone 'utc')::date`;

/** How many of today's recorded requests each limit counts. About a second behind, more under load. */
export async function readUsedToday(db: Queryable, limits: readonly DayLimit[]): Promise<number[]> {
  const used: number[] = [];
  for (const { kind, subjectId } of limits) {
    const [row] = await db.execute<{ used: string }>(sql`
      select coalesce((${sql.raw(ON_RECORD[kind])}), 0) as used
      from (select ${subjectId}::uuid as subject_id, ${today} as day) s`);
    used.push(Number(row?.used));
  }
  return used;
}
