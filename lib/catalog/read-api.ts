import { and, asc, eq, isNull, or, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import type { Operator } from '#lib/access/operator.ts';
import { type ApiSummary, listApis } from './list-apis.ts';

type ApiEndpoint = {
  id: string;
  method: string;
  path: string;
  summary: string;
  tag: string;
  deprecated: boolean;
  productionOnly: boolean;
  gone: boolean;
  applications: number;
};

/** One API with its endpoints. Includes removed ones only while apps are connected to them. */
export async function readApi(
  context: { db: Queryable; operator: Operator | 'operator' },
  input: { slug: string },
): Promise<(ApiSummary & { list: ApiEndpoint[] }) | null> {
  const api = (await listApis(context)).find(({ slug }) => slug === input.slug);
  if (!api) return null;
  const connected = sql<number>`(select count(*) from ${applicationEndpoints} where ${applicationEndpoints.endpointId} = ${endpoints.id})::int`;
  const list = await context.db
    .select({
      id: endpoints.id,
      method: endpoints.method,
      path: endpoints.path,
      summary: endpoints.summary,
      tag: endpoints.tag,
      deprecated: endpoints.deprecated,
      productionOnly: endpoints.productionOnly,
      gone: sql<boolean>`${endpoints.removedAt} is not null`,
      applications: connected,
    })
    .from(endpoints)
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(and(eq(apis.slug, input.slug), or(isNull(endpoints.removedAt), sql`${connected} > 0`)))
    .orderBy(asc(endpoints.tag), asc(endpoints.path), asc(endpoints.method));
  return { ...api, list };
}
