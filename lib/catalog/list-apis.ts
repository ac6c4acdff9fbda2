import { asc, eq, isNull, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import type { Operator } from '#lib/access/operator.ts';
import { type ClientSettings, clientSettings } from './set-client-settings.ts';

export type ApiSummary = ClientSettings & {
  slug: string;
  title: string;
  version: string;
  upstreamUrl: string;
  upstreamDevelopmentUrl: string | null;
  upstreamStagingUrl: string | null;
  upstreamHeaderName: string | null;
  updatedAt: Date;
  endpoints: number;
  /** Apps connected to at least one of its endpoints. */
  applications: number;
};

/** The APIs in the catalog, by title. */
export async function listApis({
  db,
}: {
  db: Queryable;
  operator: Operator | 'operator';
}): Promise<ApiSummary[]> {
  return db
    .select({
      slug: apis.slug,
      title: apis.title,
      version: apis.version,
      upstreamUrl: apis.upstreamUrl,
      upstreamDevelopmentUrl: apis.upstreamDevelopmentUrl,
      upstreamStagingUrl: apis.upstreamStagingUrl,
      upstreamHeaderName: apis.upstreamHeaderName,
      updatedAt: apis.updatedAt,
      ...clientSettings,
      endpoints: sql<number>`count(distinct ${endpoints.id}) filter (where ${endpoints.removedAt} is null)::int`,
      applications: sql<number>`count(distinct ${applicationEndpoints.applicationId})::int`,
    })
    .from(apis)
    .leftJoin(endpoints, eq(endpoints.apiId, apis.id))
    .leftJoin(applicationEndpoints, eq(applicationEndpoints.endpointId, endpoints.id))
    .where(isNull(apis.removedAt))
    .groupBy(apis.id)
    .orderBy(asc(apis.title));
}
