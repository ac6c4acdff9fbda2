/**
 * Matches path segments that mix text and parameters, such as `{z}-{x}-{y}.png`, against any number of patterns in one
 * pass. A pattern is a sequence of literals with at least one character between two of them. Taking each literal at its
 * leftmost possible place never rules out a match, so nothing is ever tried twice (no backtracking).
 */

/** A place in a pattern where a parameter starts. `edges` are the literals that can end it, `from` the first place for one. */
export type Gap<T> = { readonly edges: Map<string, Edge<T>>; from: number };

type Edge<T> = {
  readonly gap: Gap<T>;
  readonly literal: Literal<T>;
  /** Where the match continues. */
  readonly to: Gap<T>;
  /** Set on the last literal of a pattern. */
  value: T | undefined;
  /** The next edge that waits for the same literal in the current scan. */
  next: Edge<T> | null;
};

/** A literal and the queue of edges that wait for it in the current scan. */
type Literal<T> = { readonly length: number; first: Edge<T> | null; last: Edge<T> | null };

/** A state of the Aho-Corasick automaton over all literals. */
type State<T> = {
  readonly next: Map<number, State<T>>;
  /** The state for the longest proper suffix; the root's is null. */
  fallback: State<T> | null;
  literal: Literal<T> | null;
  /** The nearest state along the fallbacks that ends a literal. */
  shorter: State<T> | null;
};

export const newGap = <T>(): Gap<T> => ({ edges: new Map(), from: 0 });
const newState = <T>(): State<T> => ({ next: new Map(), fallback: null, literal: null, shorter: null });

/** Marks both ends of a segment: no segment contains it. */
const EDGE = '/';

/**
 * The patterns of one API in one automaton. A scan takes time in proportion to the segment (times the number of literals
 * that are suffixes of one another) plus the number of literals in the patterns. Scans are synchronous: they share state.
 */
export class LiteralSequences<T> {
  readonly #root = newState<T>();
  #linked = false;

  /**
   * Adds a pattern below `start` and returns its value. `parts` is the text around and between its parameters: at least
   * two, and only the first and the last can be empty.
   */
  add(start: Gap<T>, parts: readonly string[], newValue: () => T): T {
    this.#linked = false;
    let gap = start;
    let edge: Edge<T> | undefined;
    parts.forEach((part, i) => {
      const text = (i === 0 ? EDGE : '') + part + (i === parts.length - 1 ? EDGE : '');
      edge = gap.edges.get(text);
      if (!edge) {
        edge = { gap, literal: this.#literal(text), to: newGap(), value: undefined, next: null };
        gap.edges.set(text, edge);
      }
      gap = edge.to;
    });
    edge!.value ??= newValue();
    return edge!.value;
  }

  /** Values of all patterns below any of `starts` that match the whole segment, in no particular order. */
  match(starts: readonly Gap<T>[], segment: string): T[] {
    if (!this.#linked) this.#link();
    const matched: T[] = [];
    const waiting: Literal<T>[] = [];
    const open = (gap: Gap<T>, from: number) => {
      gap.from = from;
      for (const edge of gap.edges.values()) {
        const { literal } = edge;
        edge.next = null;
        if (literal.last) literal.last.next = edge;
        else {
          literal.first = edge;
          waiting.push(literal);
        }
        literal.last = edge;
      }
    };
    for (const gap of starts) open(gap, 0);

    const text = EDGE + segment + EDGE;
    let state = this.#root;
    for (let end = 1; end <= text.length; end++) {
      state = this.#step(state, text.charCodeAt(end - 1));
      for (let at = state.literal ? state : state.shorter; at; at = at.shorter) {
        const literal = at.literal!;
        const start = end - literal.length;
        // Edges wait in the order of their gaps, so the first one that must wait on ends the search.
        while (literal.first && literal.first.gap.from <= start) {
          const edge: Edge<T> = literal.first;
          literal.first = edge.next;
          if (!literal.first) literal.last = null;
          if (edge.value !== undefined) matched.push(edge.value);
          else open(edge.to, end + 1);
        }
      }
    }
    for (const literal of waiting) {
      literal.first = null;
      literal.last = null;
    }
    return matched;
  }

  #literal(text: string): Literal<T> {
    let state = this.#root;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      let next = state.next.get(code);
      if (!next) {
        next = newState();
        state.next.set(code, next);
      }
      state = next;
    }
    state.literal ??= { length: text.length, first: null, last: null };
    return state.literal;
  }

  #step(from: State<T>, code: number): State<T> {
    for (let state: State<T> | null = from; state; state = state.fallback) {
      const next = state.next.get(code);
      if (next) return next;
    }
    return this.#root;
  }

  /** Sets the fallbacks, nearest states first (Aho and Corasick 1975). */
  #link(): void {
    const queue: State<T>[] = [this.#root];
    for (const state of queue) {
      for (const [code, next] of state.next) {
        const fallback: State<T> = state.fallback ? this.#step(state.fallback, code) : this.#root;
        next.fallback = fallback;
        next.shorter = fallback.literal ? fallback : fallback.shorter;
        queue.push(next);
      }
    }
    this.#linked = true;
  }
}
