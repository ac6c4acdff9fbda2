import { and, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';

/** Wrong tries that cost nothing; each further one doubles the wait, up to a quarter of an hour. Never a lock. */
const FREE_TRIES = 5;
const WAIT_SECONDS_MAX = 900;

/** True while no wait is running. Passwords and codes share the counter. */
export const mayTry = sql<boolean>`coalesce(${users.throttledUntil} <= now(), true)`;

/** Counts a wrong password or code. For an address without an account the same statement runs and meets no row. */
export async function countFailure(db: Queryable, whose: SQL): Promise<void> {
  const failures = sql`${users.failedSignIns} + 1`;
  await db.transaction(async (tx) => {
    // Waiting for the disk would tell a known address from an unknown one by the time it takes.
    await tx.execute(sql`set local synchronous_commit to off`);
    await tx
      .update(users)
      .set({
        failedSignIns: failures,
        throttledUntil: sql`case when ${failures} >= ${FREE_TRIES}
          then now() + make_interval(secs => least(${WAIT_SECONDS_MAX}, power(2, least(20, ${failures} - ${FREE_TRIES})))) end`,
      })
      .where(and(whose, mayTry));
  });
}
