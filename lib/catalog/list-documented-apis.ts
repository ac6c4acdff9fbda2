import { asc, eq, isNull, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import type { User } from '#lib/access/member.ts';

/** The APIs in the documentation for signed-in readers. Only operators see their upstream URLs. */
export async function listDocumentedApis({ db }: { db: Queryable; user: User }) {
  return db
    .select({
      slug: apis.slug,
      title: apis.title,
      version: apis.version,
      description: apis.description,
      endpoints: sql<number>`count(${endpoints.id}) filter (where ${endpoints.removedAt} is null)::int`,
    })
    .from(apis)
    .leftJoin(endpoints, eq(endpoints.apiId, apis.id))
    .where(isNull(apis.removedAt))
    .groupBy(apis.id)
    .orderBy(asc(apis.title), asc(apis.slug));
}
