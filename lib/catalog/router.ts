import { type Gap, LiteralSequences, newGap } from './literal-sequences.ts';
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
  /** Only Production keys can call it. */
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

/** A node of the tree: one path segment deep. */
type Node = {
  readonly fixed: Map<string, Node>;
  /** Segments that mix text and parameters: where their matches start, and all of them by their literal parts. */
  mixed: { readonly gap: Gap<Node>; readonly patterns: Map<string, Pattern> } | undefined;
  parameter: Node | undefined;
  readonly methods: Map<string, Leaf>;
  /** Position in the order of preference: of two matching templates the one with the lower rank wins. */
  rank: number;
};

type Pattern = { readonly parts: readonly string[]; readonly node: Node };

const newNode = (): Node => ({
  fixed: new Map(),
  mixed: undefined,
  parameter: undefined,
  methods: new Map(),
  rank: 0,
});

export type Router = { match(apiSlug: string, method: string, path: string): CatalogRoute | null };

/**
 * Finds the endpoint for a method and path in a tree of segments, one tree per API. All templates are followed at once,
 * segment by segment, and none is tried twice: the work is linear in the length of the path. As in OpenAPI, concrete
 * segments win over templated ones.
 */
export function buildRouter(apis: readonly RoutedApi[]): Router {
  const trees = new Map(apis.map((api) => [api.slug, { api, ...buildTree(api) }]));
  return {
    match(apiSlug, method, path) {
      const tree = trees.get(apiSlug);
      if (!tree) return null;
      const leaf = find(tree, path.slice(1).split('/').map(decodeUnreserved), method);
      if (!leaf) return null;
      const { id: apiId, upstreams, upstreamHeader } = tree.api;
      const { id: endpointId, headers, productionOnly } = leaf;
      return { endpointId, apiId, path, upstreams, headers, productionOnly, upstreamHeader };
    },
  };
}

type Tree = { root: Node; patterns: LiteralSequences<Node> };

function buildTree(api: RoutedApi): Tree {
  const root = newNode();
  const patterns = new LiteralSequences<Node>();
  for (const endpoint of api.endpoints) {
    let node = root;
    for (const segment of endpoint.path.slice(1).split('/')) node = childFor(node, segment, patterns);
    node.methods.set(endpoint.method, endpoint);
  }
  rankNodes(root);
  return { root, patterns };
}

function childFor(node: Node, segment: string, patterns: LiteralSequences<Node>): Node {
  if (!segment.includes('{')) {
    const name = decodeUnreserved(segment);
    const child = node.fixed.get(name) ?? newNode();
    node.fixed.set(name, child);
    return child;
  }
  const parts = segment.split(/\{[^{}]*\}/).map(decodeUnreserved);
  if (parts.length === 2 && parts[0] === '' && parts[1] === '') {
    node.parameter ??= newNode();
    return node.parameter;
  }
  node.mixed ??= { gap: newGap(), patterns: new Map() };
  const child = patterns.add(node.mixed.gap, parts, newNode);
  node.mixed.patterns.set(parts.join('{}'), { parts, node: child });
  return child;
}

/**
 * Numbers the nodes in the order of preference: a fixed segment first, then patterns (those with more literal characters
 * first), then a plain parameter. An earlier segment decides before a later one.
 */
function rankNodes(root: Node): void {
  const stack = [root];
  for (let rank = 0; ; rank++) {
    const node = stack.pop();
    if (!node) return;
    node.rank = rank;
    if (node.parameter) stack.push(node.parameter);
    const patterns = [...(node.mixed?.patterns ?? [])].sort(byPreference).reverse();
    for (const [, pattern] of patterns) stack.push(pattern.node);
    for (const fixed of node.fixed.values()) stack.push(fixed);
  }
}

/** Ties go by the text of the pattern, so that all processes agree. */
const byPreference = ([a, one]: [string, Pattern], [b, other]: [string, Pattern]): number =>
  other.parts.join('').length - one.parts.join('').length || (a < b ? -1 : 1);

function find({ root, patterns }: Tree, segments: readonly string[], method: string): Leaf | null {
  let nodes = [root];
  for (const segment of segments) {
    const next: Node[] = [];
    let gaps: Gap<Node>[] | undefined;
    for (const node of nodes) {
      const fixed = node.fixed.get(segment);
      if (fixed) next.push(fixed);
      if (segment === '') continue;
      if (node.parameter) next.push(node.parameter);
      if (node.mixed) {
        gaps ??= [];
        gaps.push(node.mixed.gap);
      }
    }
    if (gaps) for (const node of patterns.match(gaps, segment)) next.push(node);
    if (next.length === 0) return null;
    nodes = next;
  }
  let best: { leaf: Leaf; rank: number } | undefined;
  for (const { methods, rank } of nodes) {
    const leaf = methods.get(method) ?? (method === 'HEAD' ? methods.get('GET') : undefined);
    if (leaf && (!best || rank < best.rank)) best = { leaf, rank };
  }
  return best?.leaf ?? null;
}

/** Decodes percent-encoded unreserved characters: RFC 3986 section 6.2.2.2 treats both spellings as equal. */
function decodeUnreserved(segment: string): string {
  if (!segment.includes('%')) return segment;
  return segment.replace(/%[0-9A-Fa-f]{2}/g, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : code.toUpperCase();
  });
}
