export type PickableEndpoint = {
  id: string;
  method: string;
  path: string;
  summary: string;
  deprecated: boolean;
  /** Rejected for Development and Staging keys. */
  productionOnly?: boolean;
  /** Connected, but removed from the catalog. */
  gone?: boolean;
};
export type EndpointTag = { name: string; endpoints: PickableEndpoint[] };
export type EndpointApi = { slug: string; title: string; tags: EndpointTag[] };

type Row = PickableEndpoint & { apiSlug: string; apiTitle: string; tag: string };

const UNTAGGED = 'Other endpoints';

/** "Section 2" before "Section 10". */
const byName = new Intl.Collator('en', { numeric: true });

/** Endpoints by API, in the given order, and by tag, in alphabetical order. Those without a tag come last. */
export function groupEndpoints(rows: readonly Row[]): EndpointApi[] {
  const apis = new Map<string, EndpointApi & { byTag: Map<string, EndpointTag> }>();
  for (const {
    apiSlug,
    apiTitle,
    tag,
    id,
    method,
    path,
    summary,
    deprecated,
    productionOnly,
    gone,
  } of rows) {
    let api = apis.get(apiSlug);
    if (!api) {
      api = { slug: apiSlug, title: apiTitle, tags: [], byTag: new Map() };
      apis.set(apiSlug, api);
    }
    let group = api.byTag.get(tag);
    if (!group) {
      group = { name: tag || UNTAGGED, endpoints: [] };
      api.byTag.set(tag, group);
    }
    group.endpoints.push({
      ...{ id, method, path, summary, deprecated },
      ...(productionOnly ? { productionOnly } : {}),
      ...(gone ? { gone } : {}),
    });
  }
  return [...apis.values()].map(({ byTag, slug, title }) => {
    const tagged = [...byTag].flatMap(([tag, group]) => (tag ? [group] : []));
    tagged.sort((a, b) => byName.compare(a.name, b.name));
    const untagged = byTag.get('');
    return { slug, title, tags: untagged ? [...tagged, untagged] : tagged };
  });
}

/** The endpoints whose method, path, summary, tag or API contain every word of a query. */
export function filterEndpoints(apis: readonly EndpointApi[], query: string): EndpointApi[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...apis];
  return apis.flatMap((api) => {
    const tags = api.tags.flatMap((tag) => {
      const endpoints = tag.endpoints.filter((endpoint) => {
        const text =
          `${endpoint.method} ${endpoint.path} ${endpoint.summary} ${tag.name} ${api.title}`.toLowerCase();
        return words.every((word) => text.includes(word));
      });
      return endpoints.length > 0 ? [{ ...tag, endpoints }] : [];
    });
    return tags.length > 0 ? [{ ...api, tags }] : [];
  });
}

export const countEndpoints = (apis: readonly EndpointApi[]): number =>
  apis.reduce((sum, api) => sum + api.tags.reduce((inner, tag) => inner + tag.endpoints.length, 0), 0);
