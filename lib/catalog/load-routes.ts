import { and, isNull } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { unseal } from '#lib/vault/seal.ts';
import type { HeaderPolicy } from './header-policy.ts';
import { buildRouter, type RoutedApi, type Router } from './router.ts';
import { type Upstream, withoutSlashesAtEnd } from './upstream-url.ts';

/**
 * Loads the catalog into a router. Environments without their own upstream use production's. Without an encryption key,
 * upstream credentials stay sealed, which is enough to find the endpoint for a path.
 */
export async function loadRoutes(db: Queryable, encryptionKey: string | null): Promise<Router> {
  const live = await db
    .select({
      id: apis.id,
      slug: apis.slug,
      upstreamUrl: apis.upstreamUrl,
      upstreamDevelopmentUrl: apis.upstreamDevelopmentUrl,
      upstreamStagingUrl: apis.upstreamStagingUrl,
      headerName: apis.upstreamHeaderName,
      headerSealed: apis.upstreamHeaderSealed,
      headerMode: apis.headerMode,
      headerNames: apis.headerNames,
      browserAccess: apis.browserAccess,
      keyMethod: apis.keyMethod,
      keyHeader: apis.keyHeader,
      redirectHosts: apis.redirectHosts,
    })
    .from(apis)
    .where(isNull(apis.removedAt));
  const rows = await db
    .select({
      id: endpoints.id,
      apiId: endpoints.apiId,
      method: endpoints.method,
      path: endpoints.path,
      productionOnly: endpoints.productionOnly,
    })
    .from(endpoints)
    .where(and(isNull(endpoints.removedAt), isNull(endpoints.routeId)));
  const byApi = Map.groupBy(rows, (row) => row.apiId);
  return buildRouter(
    live.map((api): RoutedApi => {
      const production = upstreamOf(api.upstreamUrl);
      return {
        id: api.id,
        slug: api.slug,
        upstreams: {
          production,
          development: api.upstreamDevelopmentUrl ? upstreamOf(api.upstreamDevelopmentUrl) : production,
          staging: api.upstreamStagingUrl ? upstreamOf(api.upstreamStagingUrl) : production,
        },
        upstreamHeader:
          api.headerName && api.headerSealed && encryptionKey !== null
            ? { name: api.headerName, value: unseal(api.headerSealed, api.id, encryptionKey) }
            : null,
        policy: policyOf(api),
        keys: api.keyMethod === 'any' ? null : { method: api.keyMethod, header: api.keyHeader },
        browserAccess: api.browserAccess,
        redirectHosts: api.redirectHosts,
        endpoints: byApi.get(api.id) ?? [],
      };
    }),
  );
}

/** Null if everything is forwarded, so that the gateway doesn't look at each header. */
function policyOf(api: { headerMode: HeaderPolicy['mode']; headerNames: string[] }): HeaderPolicy | null {
  if (api.headerMode === 'except' && api.headerNames.length === 0) return null;
  return { mode: api.headerMode, names: new Set(api.headerNames) };
}

function upstreamOf(text: string): Upstream {
  const url = new URL(text);
  return { origin: url.origin, basePath: withoutSlashesAtEnd(url.pathname) };
}
