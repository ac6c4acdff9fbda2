import { and, eq, isNull, ne } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';

export const SetProductionOnly = z.object({
  endpointId: z.uuid(),
  productionOnly: z.enum(['true', 'false']).transform((text) => text === 'true'),
});

/** `receipt` is null if no access is removed: the flag was cleared or didn't change. */
type Set = { ok: true; receipt: Receipt | null } | { ok: false; reason: 'not_found' };

/** Restricts an endpoint to Production keys, or lifts the restriction. Importing the API again keeps the setting. */
export async function setProductionOnly(
  { db, operator }: { db: Db; operator: Operator | 'operator' },
  { endpointId, productionOnly }: z.output<typeof SetProductionOnly>,
): Promise<Set> {
  const change = await db.transaction(async (tx) => {
    const [row] = await tx
      .update(endpoints)
      .set({ productionOnly, updatedAt: new Date() })
      .where(
        and(
          eq(endpoints.id, endpointId),
          ne(endpoints.productionOnly, productionOnly),
          isNull(endpoints.removedAt),
        ),
      )
      .returning({ apiId: endpoints.apiId, method: endpoints.method, path: endpoints.path });
    if (!row) return null;
    const [api] = await tx.select({ slug: apis.slug }).from(apis).where(eq(apis.id, row.apiId));
    const { slug } = api!; // An endpoint has its API.
    const endpoint = `${row.method} ${row.path}`;
    await recordAudit(
      tx,
      operator,
      'api.set_production_only',
      { kind: 'api', id: slug },
      { before: { endpoint, productionOnly: !productionOnly }, after: { endpoint, productionOnly } },
    );
    return raiseEpoch(tx, { kind: 'catalog', id: slug });
  });
  if (change === null) {
    const there = await db.$count(
      endpoints,
      and(eq(endpoints.id, endpointId), eq(endpoints.productionOnly, productionOnly)),
    );
    return there > 0 ? { ok: true, receipt: null } : { ok: false, reason: 'not_found' };
  }
  // Lifting the restriction adds access, so there's no need to wait for gateways to confirm.
  return { ok: true, receipt: productionOnly ? await confirmEpoch(db, change) : null };
}
