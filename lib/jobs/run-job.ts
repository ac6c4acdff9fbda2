import { sql } from 'drizzle-orm';
import { fromDrizzle, type PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { findJob } from './schedule.ts';

export const RunJob = z.object({ name: z.string().max(50, 'This job doesn’t exist.') });

type Ran =
  | { ok: true; title: string }
  | { ok: false; reason: 'not_found' | 'not_running' | 'already_queued' };

/** Queues a job manually. A job that is already queued or running isn't queued again. */
export async function runJob(
  { db, operator, boss }: { db: Queryable; operator: Operator; boss: PgBoss | null },
  { name }: z.output<typeof RunJob>,
): Promise<Ran> {
  const job = findJob(name);
  if (!job) return { ok: false, reason: 'not_found' };
  if (!boss) return { ok: false, reason: 'not_running' };

  return db.transaction(async (tx) => {
    const id = await boss.send(name, { by: operator.name }, { db: fromDrizzle(tx, sql) });
    if (id === null) return { ok: false, reason: 'already_queued' };
    await recordAudit(tx, operator, 'job.run', { kind: 'job', id: name });
    return { ok: true, title: job.title };
  });
}
