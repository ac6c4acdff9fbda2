import type { HeaderPolicy } from './header-policy.ts';
import type { KeyPolicy } from './key-policy.ts';
import { readTemplate } from './path-template.ts';
import { type Choice, newChoice, type Query, QueryText } from './query-conditions.ts';
import { decodeUnreserved, type SegmentNode, SegmentTree } from './segment-tree.ts';
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
  readonly redirectHosts: readonly string[];
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
  redirectHosts: readonly string[];
  browserAccess: boolean;
  /** `path` is the template. */
  endpoints: readonly (Leaf & { method: string; path: string })[];
};

type Leaf = { id: string; productionOnly: boolean };

/** The endpoints at one place of the tree, by method. */
type Methods = Map<string, Choice<Leaf>>;

/** A parameter that spans segments: it starts at a node of the first tree and ends at one of the second. */
type Span = {
  readonly end: SegmentNode;
  readonly endLength: number;
  /** By how many segments the parameter takes at least. */
  readonly methods: readonly [Methods, Methods];
};

export type Router = {
  match(apiSlug: string, method: string, path: string, query?: string): CatalogRoute | null;
  /** The API with a slug, or null. */
  api(apiSlug: string): Omit<RoutedApi, 'endpoints'> | null;
};

/** Finds the endpoint for a method, path and query. As in OpenAPI, concrete segments win over templated ones. */
export function buildRouter(apis: readonly RoutedApi[]): Router {
  const routers = new Map(apis.map((api) => [api.slug, { api, router: new ApiRouter(api) }]));
  return {
    api: (apiSlug) => routers.get(apiSlug)?.api ?? null,
    match(apiSlug, method, path, query = '') {
      const found = routers.get(apiSlug);
      const leaf = found?.router.find(method, path, new QueryText(query));
      if (!found || !leaf) return null;
      const { id: apiId, upstreams, upstreamHeader, policy, keys, redirectHosts } = found.api;
      const { id: endpointId, productionOnly } = leaf;
      return {
        endpointId,
        apiId,
        path,
        upstreams,
        policy,
        keys,
        redirectHosts,
        productionOnly,
        upstreamHeader,
      };
    },
  };
}

/**
 * The templates of one API. One tree is followed from the start of the path; another one, from its end, for what comes
 * after a parameter that spans segments. Each node of either is reached at one depth only, so the work is linear.
 */
class ApiRouter {
  readonly #tree = new SegmentTree();
  readonly #ends = new SegmentTree();
  #hasSpans = false;
  /** By rank in the first tree. */
  readonly #methods: (Methods | undefined)[];
  /** By the rank of their end in the second tree. */
  readonly #spans: (ReadonlyMap<number, Span> | undefined)[];
  readonly #last: Int32Array;

  constructor(api: RoutedApi) {
    const methods = new Map<SegmentNode, Methods>();
    const spans = new Map<SegmentNode, Map<SegmentNode, Span>>();
    for (const { method, path, ...leaf } of api.endpoints) {
      const template = readTemplate(path);
      if (typeof template === 'string') continue; // Import leaves these out.
      for (const { start, rest } of template.forms) {
        const node = this.#tree.add(start);
        const at = rest ? this.#span(spans, node, rest) : getOrAdd(methods, node, () => new Map());
        getOrAdd(at, method, newChoice<Leaf>).add(template.conditions, leaf);
      }
    }
    this.#hasSpans = spans.size > 0;
    const size = this.#tree.complete();
    this.#ends.complete();
    this.#methods = new Array(size);
    this.#spans = new Array(size);
    this.#last = new Int32Array(size);
    for (const [node, own] of methods) this.#methods[node.rank] = own;
    for (const [node, own] of spans) {
      this.#spans[node.rank] = new Map([...own.values()].map((span) => [span.end.rank, span]));
      this.#last[node.rank] = node.last;
    }
  }

  #span(
    spans: Map<SegmentNode, Map<SegmentNode, Span>>,
    node: SegmentNode,
    rest: { end: readonly string[]; min: 0 | 1 },
  ): Methods {
    const end = this.#ends.add(rest.end.toReversed());
    const own = getOrAdd(spans, node, () => new Map<SegmentNode, Span>());
    const span = getOrAdd(
      own,
      end,
      (): Span => ({
        end,
        endLength: rest.end.length,
        methods: [new Map(), new Map()],
      }),
    );
    return span.methods[rest.min];
  }

  find(method: string, path: string, query: Query): Leaf | null {
    const segments = path.slice(1).split('/').map(decodeUnreserved);
    const starts: { rank: number; depth: number }[] = [];
    let depth = 0;
    let reached: readonly number[] = [];
    for (reached of this.#tree.walk(segments)) {
      if (this.#hasSpans) for (const rank of reached) if (this.#spans[rank]) starts.push({ rank, depth });
      depth++;
    }
    const whole = depth === segments.length + 1 ? this.#best(reached, method, query) : null;
    const spanning = starts.length > 0 ? this.#bestSpan(starts, segments, method, query) : null;
    // A span comes after everything below the node where it starts.
    return whole && !(spanning && spanning.last < whole.rank) ? whole.leaf : (spanning?.leaf ?? null);
  }

  #best(nodes: readonly number[], method: string, query: Query): { rank: number; leaf: Leaf } | null {
    let best: { rank: number; leaf: Leaf } | null = null;
    for (const rank of nodes) {
      if (best && rank >= best.rank) continue;
      const leaf = leafFor(this.#methods[rank], method, query);
      if (leaf) best = { rank, leaf };
    }
    return best;
  }

  #bestSpan(
    starts: readonly { rank: number; depth: number }[],
    segments: readonly string[],
    method: string,
    query: Query,
  ): { last: number; leaf: Leaf } | null {
    const ends = new Set<number>();
    for (const reached of this.#ends.walk(segments.toReversed())) for (const rank of reached) ends.add(rank);
    let best: { last: number; depth: number; leaf: Leaf } | null = null;
    for (const { rank, depth } of starts) {
      const last = this.#last[rank]!;
      if (best && (last > best.last || (last === best.last && depth < best.depth))) continue;
      const leaf = endingLeaf(this.#spans[rank]!, ends, segments, depth, (methods) =>
        leafFor(methods, method, query),
      );
      if (leaf) best = { last, depth, leaf };
    }
    return best;
  }
}

/** Of all ends after one start, the one with the most segments, or else the preferred one. */
function endingLeaf(
  spans: ReadonlyMap<number, Span>,
  ends: ReadonlySet<number>,
  segments: readonly string[],
  depth: number,
  leafOf: (methods: Methods) => Leaf | undefined,
): Leaf | null {
  let best: { span: Span; leaf: Leaf } | null = null;
  const consider = (span: Span | undefined) => {
    if (!span || (best && !isPreferred(span, best.span))) return;
    const left = segments.length - depth - span.endLength;
    if (left < 0) return;
    const takesOne = left > 1 || (left === 1 && segments[depth] !== '');
    const leaf = (takesOne ? leafOf(span.methods[1]) : undefined) ?? leafOf(span.methods[0]);
    if (leaf) best = { span, leaf };
  };
  if (spans.size <= ends.size) for (const [end, span] of spans) consider(ends.has(end) ? span : undefined);
  else for (const end of ends) consider(spans.get(end));
  return (best as { leaf: Leaf } | null)?.leaf ?? null; // Set by `consider`.
}

const isPreferred = (a: Span, b: Span): boolean =>
  a.endLength - b.endLength > 0 || (a.endLength === b.endLength && a.end.rank < b.end.rank);

function leafFor(methods: Methods | undefined, method: string, query: Query): Leaf | undefined {
  const own = methods?.get(method)?.pick(query);
  return own ?? (method === 'HEAD' ? methods?.get('GET')?.pick(query) : undefined);
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = create();
  map.set(key, value);
  return value;
}
