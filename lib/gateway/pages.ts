import type { Reason } from '#lib/refusals/reasons.ts';
import { matchesDomain } from './admit.ts';
import { preflightHeaders, readOrigin } from './cors.ts';
import type { Inbound, ReadHeaders } from './inbound.ts';
import type { GatewayPorts, KnownCredential } from './ports.ts';
import { readTarget } from './target.ts';

type Ports = Pick<GatewayPorts, 'routes' | 'origins' | 'usedOnPage'>;

/** Whether a browser asks what a page may send. It does so without a key. */
export const isPreflight = (method: string, { origin, requestedMethod }: ReadHeaders): boolean =>
  method === 'OPTIONS' && origin !== undefined && requestedMethod !== undefined;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'];

/**
 * Answers a preflight from the catalog. It is permitted if some key of the API is allowed on the origin; which key will be
 * used isn't known yet.
 */
export async function answerPreflight(
  { routes, origins }: Ports,
  { id, target: rawTarget, headers }: { id: string; target: string; headers: ReadHeaders },
): Promise<readonly string[] | Reason> {
  const origin = headers.origin ?? '';
  const site = readOrigin(origin);
  const target = readTarget(rawTarget);
  const api = target && routes.api(target.api);
  if (!site || !api?.browserAccess || !(await origins.allows(api.id, site.hostname)))
    return 'origin_not_allowed';
  const { path, query } = target!; // There is no API without one.
  const methods = METHODS.filter((method) => routes.match(target!.api, method, path, query));
  if (methods.length === 0) return 'unknown_endpoint';
  return preflightHeaders({
    id,
    origin,
    methods,
    requested: headers.requestedHeaders,
    policy: api.policy,
    keyHeader: api.keys?.header ?? null,
  });
}

/**
 * Whether pages of this origin may read the response. The key's allowed domains decide. If the key is unknown, it is
 * enough that the API has a key that is allowed there.
 */
export async function isReadable(
  { routes, origins }: Ports,
  { target }: Inbound,
  origin: string,
  known: KnownCredential | undefined,
): Promise<boolean> {
  const site = readOrigin(origin);
  if (!site) return false;
  const api = routes.api(readTarget(target)?.api ?? '');
  if (api && !api.browserAccess) return false;
  if (known) return matchesDomain(known.allowedDomains, site.hostname);
  return api !== null && (await origins.allows(api.id, site.hostname));
}

/** Reports a Production secret key that a browser sends: everybody who opens the page can copy it. */
export function reportPage({ usedOnPage }: Ports, headers: ReadHeaders, known: KnownCredential): void {
  const { origin } = headers;
  if (!usedOnPage || origin === undefined || known.environment !== 'production') return;
  if ((headers.isBrowser || headers.userAgent.startsWith('Mozilla/')) && readOrigin(origin))
    usedOnPage(known, origin);
}
