import type { Upstream } from './upstream-url.ts';

type CatalogRoute = {
  readonly endpointId: string;
  readonly apiId: string;
  readonly path: string;
  readonly upstreams: {
    readonly development: Upstream;
    readonly staging: Upstream;
    readonly production: Upstream;
  };
  readonly headers: ReadonlySet<string>;
  /** Refused to keys of other environments. */
  readonly productionOnly: boolean;
  readonly upstreamHeader: { readonly name: string; readonly value: string } | null;
};

export type RoutedApi = {
  id: string;
  slug: string;
  upstreams: CatalogRoute['upstreams'];
  upstreamHeader: CatalogRoute['upstreamHeader'];
  /** `path` is the template; `headers` are lower-case names of its header parameters. */
  endpoints: readonly (Leaf & { method: string; path: string })[];
};

type Leaf = { id: string; headers: ReadonlySet<string>; productionOnly: boolean };

/** A node of the tree: one path segment deep. Static segments win over patterns, patterns over plain parameters. */
type Node = {
  fixed: Map<string, Node>;
  patterns: { source: string; match: RegExp; node: Node }[];
  parameter: Node | undefined;
  methods: Map<string, Leaf>;
};

const emptyNode = (): Node => ({ fixed: new Map(), patterns: [], parameter: undefined, methods: new Map() });

export type Router = { match(apiSlug: string, method: string, path: string): CatalogRoute | null };

/**
 * Finds the endpoint for a method and path in a tree of segments, one tree an API: the work depends on the length
 * of the path, not on how many endpoints there are. Templates follow OpenAPI: concrete before templated.
 */
export function buildRouter(apis: readonly RoutedApi[]): Router {
  const trees = new Map(apis.map((api) => [api.slug, { api, root: treeOf(api) }]));
  return {
    match(apiSlug, method, path) {
      const tree = trees.get(apiSlug);
      if (!tree) return null;
      const leaf = find(tree.root, path.slice(1).split('/').map(unreserved), 0, method);
      if (!leaf) return null;
      const { id: apiId, upstreams, upstreamHeader } = tree.api;
      const { id: endpointId, headers, productionOnly } = leaf;
      return { endpointId, apiId, path, upstreams, headers, productionOnly, upstreamHeader };
    },
  };
}

function treeOf(api: RoutedApi): Node {
  const root = emptyNode();
  for (const endpoint of api.endpoints) {
    let node = root;
    for (const segment of endpoint.path.slice(1).split('/')) node = childFor(node, segment);
    node.methods.set(endpoint.method, endpoint);
  }
  return root;
}

function childFor(node: Node, segment: string): Node {
  if (!segment.includes('{')) {
    const name = unreserved(segment);
    const known = node.fixed.get(name) ?? emptyNode();
    node.fixed.set(name, known);
    return known;
  }
  if (/^\{[^{}]*\}$/.test(segment)) {
    node.parameter ??= emptyNode();
    return node.parameter;
  }
  const source = segment
    .split(/\{[^{}]*\}/)
    .map((part) => unreserved(part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('(.+?)');
  const known = node.patterns.find((pattern) => pattern.source === source);
  if (known) return known.node;
  const fresh = { source, match: new RegExp(`^${source}$`), node: emptyNode() };
  // The pattern with the longer fixed part says more, so it is tried first.
  node.patterns.push(fresh);
  node.patterns.sort((a, b) => b.source.length - a.source.length);
  return fresh.node;
}

function find(node: Node, segments: readonly string[], at: number, method: string): Leaf | null {
  if (at === segments.length)
    return node.methods.get(method) ?? (method === 'HEAD' ? (node.methods.get('GET') ?? null) : null);
  const segment = segments[at]!;
  const fixed = node.fixed.get(segment);
  const found = fixed && find(fixed, segments, at + 1, method);
  if (found) return found;
  for (const pattern of node.patterns) {
    const matched = pattern.match.test(segment) && find(pattern.node, segments, at + 1, method);
    if (matched) return matched;
  }
  return segment !== '' && node.parameter ? find(node.parameter, segments, at + 1, method) : null;
}

/** Decodes percent-encoded unreserved characters: RFC 3986 section 6.2.2.2 calls the two spellings the same. */
function unreserved(segment: string): string {
  if (!segment.includes('%')) return segment;
  return segment.replace(/%[0-9A-Fa-f]{2}/g, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : code.toUpperCase();
  });
}
