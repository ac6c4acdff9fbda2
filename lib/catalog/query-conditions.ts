import { decodePair, type QueryCondition, splitPair } from './path-template.ts';

/** The query of a request, parsed only if a condition asks for it. */
export type Query = { values(): ReadonlyMap<string, ReadonlySet<string>> };

export class QueryText implements Query {
  readonly #text: string;
  #values: Map<string, Set<string>> | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  values(): ReadonlyMap<string, ReadonlySet<string>> {
    if (this.#values) return this.#values;
    const values = new Map<string, Set<string>>();
    for (const pair of this.#text === '' ? [] : this.#text.split('&')) {
      const [rawName, rawValue = ''] = splitPair(pair);
      const [name, value] = [decodePair(rawName), decodePair(rawValue)];
      const known = values.get(name);
      if (known) known.add(value);
      else values.set(name, new Set([value]));
    }
    this.#values = values;
    return values;
  }
}

type Conditional<T> = {
  readonly conditions: readonly QueryCondition[];
  readonly order: string;
  readonly value: T;
};

/** What answers at one place: depending on the query, or always. */
export type Choice<T> = {
  add(conditions: readonly QueryCondition[], value: T): void;
  pick(query: Query): T | undefined;
};

export const newChoice = <T>(): Choice<T> => new Conditions<T>();

class Conditions<T> implements Choice<T> {
  #always: T | undefined;
  /** By the first condition, so that a request looks at those only that its query names. */
  #byFirst: Map<string, Conditional<T>[]> | undefined;

  add(given: readonly QueryCondition[], value: T): void {
    // Names and values decide the order, so that all processes agree.
    const conditions = given.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const [first] = conditions;
    if (!first) {
      this.#always ??= value;
      return;
    }
    this.#byFirst ??= new Map();
    const key = keyOf(first);
    const entry = { conditions, order: orderOf(conditions), value };
    const same = this.#byFirst.get(key);
    if (same) same.push(entry);
    else this.#byFirst.set(key, [entry]);
  }

  pick(query: Query): T | undefined {
    return this.#byFirst ? (this.#conditional(this.#byFirst, query) ?? this.#always) : this.#always;
  }

  /** The one with the most conditions of those that are fulfilled. */
  #conditional(byFirst: ReadonlyMap<string, Conditional<T>[]>, query: Query): T | undefined {
    const values = query.values();
    let best: Conditional<T> | undefined;
    const consider = (key: string) => {
      for (const entry of byFirst.get(key) ?? [])
        if ((!best || entry.order < best.order) && entry.conditions.every((one) => isFulfilled(one, values)))
          best = entry;
    };
    for (const [name, own] of values) {
      consider(keyOf({ name, value: null }));
      for (const value of own) consider(keyOf({ name, value }));
    }
    return best?.value;
  }
}

const keyOf = ({ name, value }: QueryCondition): string => (value === null ? name : `${name}=${value}`);

/** More conditions first, then those with a value. */
const orderOf = (conditions: readonly QueryCondition[]): string =>
  `${String(999 - conditions.length).padStart(3, '0')} ${conditions.filter(({ value }) => value === null).length} ${conditions.map(keyOf).join('&')}`;

const isFulfilled = (
  { name, value }: QueryCondition,
  values: ReadonlyMap<string, ReadonlySet<string>>,
): boolean => (value === null ? values.has(name) : (values.get(name)?.has(value) ?? false));
