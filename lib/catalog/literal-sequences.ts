/**
 * Matches path segments that mix text and parameters, such as `{z}-{x}-{y}.png`, against any number of patterns in one
 * pass. A pattern is a sequence of literals with at least one character between two of them. Taking each literal at its
 * leftmost possible place never rules out a match, so nothing is ever tried twice (no backtracking).
 */

/** A place in a pattern where a parameter starts. */
export type Gap<T> = {
  /** Literals that can end the parameter, and those that do so at the end of the segment. */
  readonly edges: Map<Literal<T>, Edge<T>>;
  readonly ends: Map<Literal<T>, T>;
  /** The first position for a literal in the current scan. */
  from: number;
};

type Edge<T> = {
  readonly gap: Gap<T>;
  readonly literal: Literal<T>;
  /** Where the match continues. */
  readonly to: Gap<T>;
  /** The next edge that waits for the same literal in the current scan. */
  next: Edge<T> | null;
};

/** A literal and the queue of edges that wait for it in the current scan. */
type Literal<T> = { readonly length: number; first: Edge<T> | null; last: Edge<T> | null };

/** A state of an Aho-Corasick automaton. Most states have one successor: it needs no map. */
type State<T> = {
  code: number;
  child: State<T> | null;
  children: Map<number, State<T>> | null;
  /** The state for the longest proper suffix; null for the root. */
  fallback: State<T> | null;
  literal: Literal<T> | null;
  /** The nearest fallback that ends a literal. */
  shorter: State<T> | null;
  /** The nearest of them (this state included) whose literal had waiting edges, as of `#version`. */
  waiting: State<T> | null;
  waitingAsOf: number;
};

export const newGap = <T>(): Gap<T> => ({ edges: new Map(), ends: new Map(), from: 0 });

const newState = <T>(): State<T> => ({
  code: -1,
  child: null,
  children: null,
  fallback: null,
  literal: null,
  shorter: null,
  waiting: null,
  waitingAsOf: 0,
});

/** Marks both ends of a segment: no segment contains it. */
const MARK = '/';

/**
 * The patterns of one API in one automaton. The time of a scan is at most proportional to the length of the segment plus
 * the size of the patterns. Scans are synchronous: they keep their state in the patterns.
 */
export class LiteralSequences<T> {
  readonly #root = newState<T>();
  #linked = false;
  #version = 0;
  #opened: Gap<T>[] = [];

  /**
   * Adds a pattern below `start` and returns its value. `parts` is the text around and between its parameters: at least
   * two, of which only the first and the last can be empty.
   */
  add(start: Gap<T>, parts: readonly string[], newValue: () => T): T {
    this.#linked = false;
    let gap = start;
    for (const [i, part] of parts.slice(0, -1).entries()) {
      const literal = this.#literal(i === 0 ? MARK + part : part);
      const edge = gap.edges.get(literal) ?? { gap, literal, to: newGap(), next: null };
      gap.edges.set(literal, edge);
      gap = edge.to;
    }
    const end = this.#literal(parts.at(-1)! + MARK);
    const value = gap.ends.get(end) ?? newValue();
    gap.ends.set(end, value);
    return value;
  }

  /** Values of all patterns below any of `starts` that match the whole segment, in no particular order. */
  match(starts: readonly Gap<T>[], segment: string): T[] {
    if (!this.#linked) this.#link();
    const text = MARK + segment + MARK;
    const firsts = this.#firstEdges(starts, text);
    if (firsts.length === 0) return [];
    this.#opened = [];
    this.#version++;
    let state = this.#root;
    let next = 0;
    for (let end = 1; end <= text.length; end++) {
      state = step(state, text.charCodeAt(end - 1)) ?? this.#root;
      for (; next < firsts.length && firsts[next]!.literal.length === end; next++)
        this.#open(firsts[next]!.to, end + 1);
      for (let at = this.#waitingAt(state); at; at = this.#waitingAt(at.shorter))
        this.#take(at.literal!, end);
    }
    const matched = this.#matchedAt(state, text.length);
    for (const { edges } of this.#opened) for (const { literal } of edges.values()) literal.first = null;
    return matched;
  }

  /** The edges of `starts` whose literal the text begins with, shortest literal first. */
  #firstEdges(starts: readonly Gap<T>[], text: string): Edge<T>[] {
    const begins = new Set<Literal<T>>();
    let state: State<T> | undefined = this.#root;
    for (let i = 0; i < text.length && state; i++) {
      state = childOf(state, text.charCodeAt(i));
      if (state?.literal) begins.add(state.literal);
    }
    const edges: Edge<T>[] = [];
    for (const { edges: own } of starts) forCommon(own, begins, (edge) => edges.push(edge));
    return edges.length < 2 ? edges : edges.sort((a, b) => a.literal.length - b.literal.length);
  }

  /** Lets the edges of a gap wait for their literals. */
  #open(gap: Gap<T>, from: number): void {
    gap.from = from;
    this.#opened.push(gap);
    for (const edge of gap.edges.values()) {
      const { literal } = edge;
      edge.next = null;
      if (literal.first) literal.last!.next = edge;
      else {
        literal.first = edge;
        this.#version++;
      }
      literal.last = edge;
    }
  }

  /** Continues all matches that waited for a literal. They wait in the order of their gaps, so the rest can't start here. */
  #take(literal: Literal<T>, end: number): void {
    const start = end - literal.length;
    while (literal.first && literal.first.gap.from <= start) {
      const edge: Edge<T> = literal.first;
      literal.first = edge.next;
      this.#open(edge.to, end + 1);
    }
  }

  /** The nearest state, from `state` along `shorter`, whose literal has waiting edges. */
  #waitingAt(state: State<T> | null): State<T> | null {
    if (!state) return null;
    let found = state.waitingAsOf === this.#version ? state.waiting : state;
    while (found && !found.literal?.first) {
      const { shorter }: State<T> = found;
      found = shorter && shorter.waitingAsOf === this.#version ? shorter.waiting : shorter;
    }
    state.waiting = found;
    state.waitingAsOf = this.#version;
    return found;
  }

  /** Values of the opened gaps whose last literal ends the text. */
  #matchedAt(last: State<T>, length: number): T[] {
    const ending = new Set<Literal<T>>();
    for (let at = last.literal ? last : last.shorter; at; at = at.shorter) ending.add(at.literal!);
    const matched: T[] = [];
    for (const { ends, from } of this.#opened) {
      forCommon(ends, ending, (value, literal) => {
        if (length - literal.length >= from) matched.push(value);
      });
    }
    return matched;
  }

  #literal(text: string): Literal<T> {
    let state = this.#root;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      let next = childOf(state, code);
      if (!next) {
        next = newState();
        addChild(state, code, next);
      }
      state = next;
    }
    state.literal ??= { length: text.length, first: null, last: null };
    return state.literal;
  }

  /** Sets the fallbacks, nearest states first (Aho and Corasick 1975). */
  #link(): void {
    const queue: State<T>[] = [this.#root];
    for (const state of queue) {
      for (const [code, next] of state.children ??
        (state.child ? [[state.code, state.child] as const] : [])) {
        const fallback: State<T> = (state.fallback && step(state.fallback, code)) ?? this.#root;
        next.fallback = fallback;
        next.shorter = fallback.literal ? fallback : fallback.shorter;
        queue.push(next);
      }
    }
    this.#linked = true;
  }
}

function childOf<T>(state: State<T>, code: number): State<T> | undefined {
  if (state.code === code) return state.child!;
  return state.children?.get(code);
}

function addChild<T>(state: State<T>, code: number, next: State<T>): void {
  if (!state.child) {
    state.child = next;
    state.code = code;
    return;
  }
  state.children ??= new Map([[state.code, state.child]]);
  state.children.set(code, next);
}

function step<T>(from: State<T>, code: number): State<T> | undefined {
  for (let state: State<T> | null = from; state; state = state.fallback) {
    const next = childOf(state, code);
    if (next) return next;
  }
  return undefined;
}

/** Visits the values whose key is in the set, in time proportional to the smaller of the two. */
function forCommon<K, V>(
  entries: ReadonlyMap<K, V>,
  keys: ReadonlySet<K>,
  visit: (value: V, key: K) => void,
): void {
  if (entries.size === 0) return;
  if (entries.size <= keys.size) {
    for (const [key, value] of entries) if (keys.has(key)) visit(value, key);
    return;
  }
  for (const key of keys) {
    const value = entries.get(key);
    if (value !== undefined) visit(value, key);
  }
}
