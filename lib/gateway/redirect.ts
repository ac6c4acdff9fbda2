import type { Environment, Route } from './ports.ts';

/** The upstream redirected to somewhere outside of itself. */
export class RedirectLeaves extends Error {
  override name = 'RedirectLeaves';
}

/**
 * A Location as the client should see it: below the gateway's path when it stays inside the upstream's base,
 * null when it leaves it. The gateway itself never follows one.
 */
export function rewrittenLocation(
  location: string,
  route: Route,
  environment: Environment,
  gatewayPath: string,
): string | null {
  const upstream = route.upstreams[environment];
  const base = upstream.basePath;
  const asked = new URL(`${upstream.origin}${base}${route.path}`);
  if (!URL.canParse(location, asked)) return null;
  const to = new URL(location, asked);
  const inside =
    to.protocol === asked.protocol && // `blob:` has the origin of the address inside it.
    to.origin === upstream.origin &&
    (base === '' || to.pathname === base || to.pathname.startsWith(`${base}/`));
  if (!inside || to.username || to.password) return null;
  return gatewayPath + to.pathname.slice(base.length) + to.search + to.hash;
}
