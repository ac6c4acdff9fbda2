import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';

type Removed = { ok: true; receipt: Receipt } | { ok: false; reason: 'api_not_found' };

/** Removes an API from the catalog. Connected apps show its endpoints as removed. Importing it again restores them. */
export async function removeApi(
  { db, operator }: { db: Db; operator: Operator | 'operator' },
  input: { slug: string },
): Promise<Removed> {
  const epoch = await db.transaction(async (tx) => {
    const [api] = await tx
      .update(apis)
      .set({ removedAt: sql`now()` })
      .where(and(eq(apis.slug, input.slug), isNull(apis.removedAt)))
      .returning({ id: apis.id });
    if (!api) return null;
    await tx
      .update(endpoints)
      .set({ removedAt: sql`now()` })
      .where(and(eq(endpoints.apiId, api.id), isNull(endpoints.removedAt)));
    await recordAudit(tx, operator, 'api.remove', { kind: 'api', id: input.slug });
    return raiseEpoch(tx, { kind: 'catalog', id: input.slug });
  });
  if (epoch === null) return { ok: false, reason: 'api_not_found' };
  return { ok: true, receipt: await confirmEpoch(db, epoch) };
}
