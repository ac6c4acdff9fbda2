import type postgres from 'postgres';
import { log } from '#lib/process/log.ts';

type Options = {
  sql: postgres.Sql;
  /** Whether the database is known to respond. */
  isReachable?: () => boolean;
  /** Domains over all APIs that are remembered. */
  max?: number;
  /** Time between two loads, at least. */
  intervalMs?: number;
  /** Keys expire without a change, so what was loaded is only trusted this long. */
  keepMs?: number;
};

type Domains = { readonly exact: Set<string>; readonly under: Set<string> };

/** The domains that usable keys allow, for each API that their app is connected to. */
const DOMAINS = `
  with keys as (
    select distinct c.application_id, d.domain from credentials c
    join applications a on a.id = c.application_id and a.archived_at is null
    join teams t on t.id = c.team_id and t.deleted_at is null
    left join members m on m.id = c.member_id
    cross join unnest(c.allowed_domains) d(domain)
    where c.status = 'active' and cardinality(c.allowed_domains) > 0
      and coalesce(least(c.expires_at, c.retires_at) > now(), true) and (c.member_id is null or m.status = 'active')
  ), places as (
    select distinct ae.application_id, e.api_id from application_endpoints ae
    join endpoints e on e.id = ae.endpoint_id and e.removed_at is null
    where ae.application_id in (select application_id from keys))
  select distinct places.api_id, keys.domain from keys join places using (application_id)`;

/**
 * Which web pages may ask for what an API allows, answered from memory. It only decides about preflights: whether a key may
 * be used on a page is checked for each request.
 */
export function openPageOrigins({
  sql,
  isReachable = () => true,
  max = 50_000,
  intervalMs = 250,
  keepMs = 60_000,
}: Options) {
  let apis: ReadonlyMap<string, Domains> = new Map();
  let loadedAt = Number.NEGATIVE_INFINITY;
  let changed = true;
  let loading: Promise<void> | undefined;

  function allows(apiId: string, host: string): boolean | Promise<boolean> {
    const known = covers(apis.get(apiId), host);
    const isStale = changed || performance.now() - loadedAt > keepMs;
    if ((!isStale && !loading) || !isReachable()) return known;
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return known || loading.then(() => covers(apis.get(apiId), host));
  }

  /** One load at a time, and none right after another, however many ask. */
  async function load(): Promise<void> {
    const wait = loadedAt + intervalMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    changed = false;
    try {
      apis = byApi(await sql<Row[]>`${sql.unsafe(DOMAINS)} limit ${max}`);
    } catch (err) {
      changed = true;
      log.warn({ err }, 'The domains that keys allow could not be loaded');
    }
    loadedAt = performance.now();
  }

  return {
    allows,
    /** A key, app, member, team or API changed. */
    forget: () => {
      changed = true;
    },
  };
}

type Row = { api_id: string; domain: string };

function byApi(rows: readonly Row[]): Map<string, Domains> {
  const apis = new Map<string, Domains>();
  for (const { api_id: apiId, domain } of rows) {
    const domains = apis.get(apiId) ?? { exact: new Set(), under: new Set() };
    apis.set(apiId, domains);
    if (domain.startsWith('*.')) domains.under.add(domain.slice(2));
    else domains.exact.add(domain);
  }
  return apis;
}

/** `*.example.com` covers subdomains only, as for a request. */
function covers(domains: Domains | undefined, host: string): boolean {
  if (!domains) return false;
  if (domains.exact.has(host)) return true;
  if (domains.under.size === 0) return false;
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1))
    if (domains.under.has(host.slice(dot + 1))) return true;
  return false;
}
