import { and, eq, or } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { isOffered } from './is-offered.ts';

export const operationColumns = {
  id: endpoints.id,
  operationId: endpoints.operationId,
  method: endpoints.method,
  path: endpoints.path,
  summary: endpoints.summary,
  description: endpoints.description,
  tag: endpoints.tag,
  deprecated: endpoints.deprecated,
  productionOnly: endpoints.productionOnly,
  parameters: endpoints.parameters,
  requestBody: endpoints.requestBody,
  responses: endpoints.responses,
  api: { id: apis.id, slug: apis.slug, title: apis.title, updatedAt: apis.updatedAt },
};

/** The current endpoint that a docs URL names by operation ID or ID. Null if there is none or it's ambiguous. */
export async function findOperation(db: Queryable, { slug, key }: { slug: string; key: string }) {
  const byId = z.uuid().safeParse(key).success ? eq(endpoints.id, key) : undefined;
  const rows = await db
    .select(operationColumns)
    .from(endpoints)
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(and(eq(apis.slug, slug), isOffered, or(eq(endpoints.operationId, key), byId)))
    .limit(2);
  return rows.length === 1 ? rows[0]! : null;
}
