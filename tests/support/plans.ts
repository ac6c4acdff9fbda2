import type { Db } from '#db/client.ts';
import { plans } from '#db/schema/plans.ts';
import { asOperator } from '#lib/access/operator.ts';
import { aUser } from './factories.ts';

/** A plan other than the default, with generous limits unless given. */
export async function aPlan(db: Db, values: Partial<typeof plans.$inferInsert> = {}) {
  const [row] = await db
    .insert(plans)
    .values({
      name: `Plan ${crypto.randomUUID().slice(0, 8)}`,
      dailyQuota: 5_000,
      burstRequests: 50,
      burstWindowSeconds: 5,
      retentionDays: 30,
      ...values,
    })
    .returning();
  return row!;
}

/** An operator. */
export async function anOperator(db: Db) {
  return asOperator(await aUser(db, { isOperator: true }))!;
}
