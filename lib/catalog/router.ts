import type { HeaderPolicy } from './header-policy.ts';
import type { KeyPolicy } from './key-policy.ts';
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
  readonly policy: HeaderPolicy | null;
  readonly keys: KeyPolicy | null;
  /** Only Production keys can call it. */
  readonly productionOnly: boolean;
  readonly upstreamHeader: { readonly name: string; readonly value: string } | null;
};

export type RoutedApi = {
  id: string;
  slug: string;
  upstreams: CatalogRoute['upstreams'];
  upstreamHeader: CatalogRoute['upstreamHeader'];
  policy: HeaderPolicy | null;
  keys: KeyPolicy | null;
  browserAccess: boolean;
  /** `path` is the template. */
  endpoints: readonly (Leaf & { method: string; path: string })[];
};

type Leaf = { id: string; productionOnly: boolean };

/** A node of the tree while it is built: one path segment deep. */
type Node = {
  readonly fixed: Map<string, Node>;
  /** Segments that mix text and parameters: where their matches start, and all of them by their literal parts. */
  mixed: { readonly gap: Gap<Node>; readonly patterns: Map<string, Pattern> } | undefined;
  parameter: Node | undefined;
  readonly methods: Map<string, Leaf>;
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

export type Router = {
  match(apiSlug: string, method: string, path: string): CatalogRoute | null;
  /** The API with a slug, or null. */
  api(apiSlug: string): Omit<RoutedApi, 'endpoints'> | null;
};

/**
 * Finds the endpoint for a method and path in a tree of segments, one tree per API. All templates are followed at once,
 * segment by segment, and none is tried twice: the work is linear in the length of the path. As in OpenAPI, concrete
 * segments win over templated ones.
 */
export function buildRouter(apis: readonly RoutedApi[]): Router {
  const trees = new Map(apis.map((api) => [api.slug, { api, ...buildTree(api) }]));
  return {
    api: (apiSlug) => trees.get(apiSlug)?.api ?? null,
    match(apiSlug, method, path) {
      const tree = trees.get(apiSlug);
      if (!tree) return null;
      const leaf = find(tree, path.slice(1).split('/').map(decodeUnreserved), method);
      if (!leaf) return null;
      const { id: apiId, upstreams, upstreamHeader, policy, keys } = tree.api;
      const { id: endpointId, productionOnly } = leaf;
      return { endpointId, apiId, path, upstreams, policy, keys, productionOnly, upstreamHeader };
    },
  };
}

function buildTree(api: RoutedApi): Tree {
  const root = newNode();
  const patterns = new LiteralSequences<Node>();
  for (const endpoint of api.endpoints) {
    let node = root;
    for (const segment of endpoint.path.slice(1).split('/')) node = childFor(node, segment, patterns);
    node.methods.set(endpoint.method, endpoint);
  }
  return flatten(ranked(root), patterns);
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
 * All nodes in the order of preference: a fixed segment first, then patterns (those with more literal characters first),
 * then a plain parameter. An earlier segment decides before a later one.
 */
function ranked(root: Node): Node[] {
  const nodes: Node[] = [];
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    node.rank = nodes.push(node) - 1;
    if (node.parameter) stack.push(node.parameter);
    const patterns = [...(node.mixed?.patterns ?? [])].sort(byPreference).reverse();
    for (const [, pattern] of patterns) stack.push(pattern.node);
    for (const fixed of node.fixed.values()) stack.push(fixed);
  }
  return nodes;
}

/** Ties go by the text of the pattern, so that all processes agree. */
const byPreference = ([a, one]: [string, Pattern], [b, other]: [string, Pattern]): number =>
  other.parts.join('').length - one.parts.join('').length || (a < b ? -1 : 1);

/** The tree in flat arrays by rank, small enough to stay in the processor's cache. -1 stands for no node. */
type Tree = {
  /** A number for each fixed segment that occurs anywhere in the API. */
  readonly segments: ReadonlyMap<string, number>;
  readonly parameter: Int32Array;
  /** The fixed segment of nodes that have one, and its node; others are in `fixed`. */
  readonly onlySegment: Int32Array;
  readonly onlyFixed: Int32Array;
  readonly fixed: readonly (ReadonlyMap<number, number> | undefined)[];
  readonly gaps: readonly (Gap<Node> | undefined)[];
  readonly patterns: LiteralSequences<Node>;
  readonly methods: readonly ReadonlyMap<string, Leaf>[];
};

function flatten(nodes: readonly Node[], patterns: LiteralSequences<Node>): Tree {
  const segments = new Map<string, number>();
  const idOf = (segment: string) => {
    const id = segments.get(segment) ?? segments.size;
    segments.set(segment, id);
    return id;
  };
  const only = nodes.map(({ fixed }) => (fixed.size === 1 ? [...fixed][0] : undefined));
  return {
    segments,
    parameter: Int32Array.from(nodes, (node) => node.parameter?.rank ?? -1),
    onlySegment: Int32Array.from(only, (entry) => (entry ? idOf(entry[0]) : -1)),
    onlyFixed: Int32Array.from(only, (entry) => entry?.[1].rank ?? -1),
    fixed: nodes.map(({ fixed }) =>
      fixed.size > 1 ? new Map([...fixed].map(([segment, { rank }]) => [idOf(segment), rank])) : undefined,
    ),
    gaps: nodes.map(({ mixed }) => mixed?.gap),
    patterns,
    methods: nodes.map(({ methods }) => methods),
  };
}

function find(tree: Tree, segments: readonly string[], method: string): Leaf | null {
  let nodes = [0];
  for (const segment of segments) {
    nodes = follow(tree, nodes, segment);
    if (nodes.length === 0) return null;
  }
  let best = Number.POSITIVE_INFINITY;
  let leaf: Leaf | undefined;
  for (const node of nodes) {
    if (node >= best) continue;
    const methods = tree.methods[node]!;
    const own = methods.get(method) ?? (method === 'HEAD' ? methods.get('GET') : undefined);
    if (own) [best, leaf] = [node, own];
  }
  return leaf ?? null;
}

/** The nodes one segment further. Each node has one parent, so none is reached twice. */
function follow(tree: Tree, nodes: readonly number[], segment: string): number[] {
  const next: number[] = [];
  const id = tree.segments.get(segment) ?? -2;
  let gaps: Gap<Node>[] | undefined;
  for (const node of nodes) {
    if (tree.onlySegment[node] === id) next.push(tree.onlyFixed[node]!);
    else {
      const fixed = tree.fixed[node]?.get(id);
      if (fixed !== undefined) next.push(fixed);
    }
    if (segment === '') continue;
    const parameter = tree.parameter[node]!;
    if (parameter >= 0) next.push(parameter);
    const gap = tree.gaps[node];
    if (gap) {
      gaps ??= [];
      gaps.push(gap);
    }
  }
  if (gaps) for (const { rank } of tree.patterns.match(gaps, segment)) next.push(rank);
  return next;
}

const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/** What each percent-encoded byte stands for in a normalized path, by its code with either case. */
const NORMALIZED: ReadonlyMap<string, string> = new Map(
  Array.from({ length: 256 }, (_, byte) => {
    const hex = byte.toString(16).padStart(2, '0');
    const character = String.fromCharCode(byte);
    const value = UNRESERVED.test(character) ? character : `%${hex.toUpperCase()}`;
    const [a, b] = [hex[0]!, hex[1]!];
    const spellings = [hex, a + b.toUpperCase(), a.toUpperCase() + b, hex.toUpperCase()];
    return spellings.map((spelling): [string, string] => [spelling, value]);
  }).flat(),
);

/** Decodes percent-encoded unreserved characters: RFC 3986 section 6.2.2.2 treats both spellings as equal. */
function decodeUnreserved(segment: string): string {
  let percent = segment.indexOf('%');
  if (percent < 0) return segment;
  let text = '';
  let from = 0;
  for (; percent >= 0; percent = segment.indexOf('%', from)) {
    const character = NORMALIZED.get(segment.slice(percent + 1, percent + 3));
    text += segment.slice(from, percent) + (character ?? '%');
    from = percent + (character === undefined ? 1 : 3);
  }
  return text + segment.slice(from);
}
