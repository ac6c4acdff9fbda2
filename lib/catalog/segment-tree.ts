import { type Gap, LiteralSequences, newGap } from './literal-sequences.ts';

/** A node of the tree while it is built: one path segment deep. */
type Node = {
  readonly fixed: Map<string, Node>;
  /** Segments that mix text and parameters: where their matches start, and all of them by their literal parts. */
  mixed: { readonly gap: Gap<Node>; readonly patterns: Map<string, Pattern> } | undefined;
  parameter: Node | undefined;
  rank: number;
  /** The highest rank below this node. */
  last: number;
};

export type SegmentNode = { readonly rank: number; readonly last: number };

type Pattern = { readonly parts: readonly string[]; readonly node: Node };

const newNode = (): Node => ({
  fixed: new Map(),
  mixed: undefined,
  parameter: undefined,
  rank: 0,
  last: 0,
});

/** The tree in flat arrays by rank, small enough to stay in the processor's cache. -1 stands for no node. */
type Flat = {
  /** A number for each fixed segment that occurs anywhere in the tree. */
  readonly segments: ReadonlyMap<string, number>;
  readonly parameter: Int32Array;
  /** The fixed segment of nodes that have one, and its node; others are in `fixed`. */
  readonly onlySegment: Int32Array;
  readonly onlyFixed: Int32Array;
  readonly fixed: readonly (ReadonlyMap<number, number> | undefined)[];
  readonly gaps: readonly (Gap<Node> | undefined)[];
};

/**
 * A tree of segments in which all templates are followed at once, segment by segment, and none is tried twice: the work
 * is linear in the length of the path. Nodes are numbered in the order of preference.
 */
export class SegmentTree {
  readonly #root = newNode();
  readonly #patterns = new LiteralSequences<Node>();
  #flat: Flat | undefined;

  /** Adds segments, each a literal or literals around `{}`. Its rank is known once the tree is complete. */
  add(segments: readonly string[]): SegmentNode {
    let node = this.#root;
    for (const segment of segments) node = this.#childFor(node, decodeUnreserved(segment));
    return node;
  }

  /** Numbers the nodes. Nothing can be added after that. Returns how many there are. */
  complete(): number {
    const nodes = ranked(this.#root);
    this.#flat = flatten(nodes);
    return nodes.length;
  }

  /** The ranks that are reached after none, one, two, … of the segments. Ends when there are none. */
  *walk(segments: Iterable<string>): Generator<readonly number[], void, undefined> {
    let nodes: readonly number[] = [0];
    yield nodes;
    for (const segment of segments) {
      nodes = follow(this.#flat!, this.#patterns, nodes, segment);
      if (nodes.length === 0) return;
      yield nodes;
    }
  }

  #childFor(node: Node, segment: string): Node {
    const parts = segment.split('{}');
    if (parts.length === 1) {
      const child = node.fixed.get(segment) ?? newNode();
      node.fixed.set(segment, child);
      return child;
    }
    if (segment === '{}') {
      node.parameter ??= newNode();
      return node.parameter;
    }
    node.mixed ??= { gap: newGap(), patterns: new Map() };
    const child = this.#patterns.add(node.mixed.gap, parts, newNode);
    node.mixed.patterns.set(segment, { parts, node: child });
    return child;
  }
}

/**
 * All nodes in the order of preference: a fixed segment first, then patterns (those with more literal characters first),
 * then a plain parameter. An earlier segment decides before a later one.
 */
function ranked(root: Node): Node[] {
  const nodes: Node[] = [];
  const stack: { node: Node; done: boolean }[] = [{ node: root, done: false }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, done } = next;
    if (done) {
      node.last = nodes.length - 1;
      continue;
    }
    node.rank = nodes.push(node) - 1;
    stack.push({ node, done: true });
    if (node.parameter) stack.push({ node: node.parameter, done: false });
    const patterns = [...(node.mixed?.patterns ?? [])].sort(byPreference).reverse();
    for (const [, pattern] of patterns) stack.push({ node: pattern.node, done: false });
    for (const fixed of node.fixed.values()) stack.push({ node: fixed, done: false });
  }
  return nodes;
}

/** Ties go by the text of the pattern, so that all processes agree. */
const byPreference = ([a, one]: [string, Pattern], [b, other]: [string, Pattern]): number =>
  other.parts.join('').length - one.parts.join('').length || (a < b ? -1 : 1);

function flatten(nodes: readonly Node[]): Flat {
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
  };
}

/** The nodes one segment further. Each node has one parent, so none is reached twice. */
function follow(
  tree: Flat,
  patterns: LiteralSequences<Node>,
  nodes: readonly number[],
  segment: string,
): number[] {
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
  if (gaps) for (const { rank } of patterns.match(gaps, segment)) next.push(rank);
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
export function decodeUnreserved(segment: string): string {
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
