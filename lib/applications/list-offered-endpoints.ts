import { asc, eq } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { isConnectable } from '#lib/catalog/is-offered.ts';

/** The columns shown in a list of endpoints. */
export const endpointColumns = {
  id: endpoints.id,
  apiSlug: apis.slug,
  apiTitle: apis.title,
  method: endpoints.method,
  path: endpoints.path,
  summary: endpoints.summary,
  tag: endpoints.tag,
  deprecated: endpoints.deprecated,
  productionOnly: endpoints.productionOnly,
};

export const byApiTagAndPath = [
  asc(apis.title),
  asc(apis.slug),
  asc(endpoints.tag),
  asc(endpoints.path),
  asc(endpoints.method),
];

/** Every endpoint that an application can connect, by API, tag and path. All teams share the catalog. */
export async function listOfferedEndpoints({ db, member }: { db: Queryable; member: Member }) {
  authorize(member, 'application.connect');
  return db
    .select(endpointColumns)
    .from(endpoints)
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(isConnectable)
    .orderBy(...byApiTagAndPath);
}
