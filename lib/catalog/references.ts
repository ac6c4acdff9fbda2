import { isObject, type Json, lookUp } from './json-value.ts';

const STEPS_MAX = 50;

export type Target = { ok: true; value: unknown } | { ok: false; reason: string };

/** References inside one document. */
export class References {
  readonly #root: Json;

  constructor(root: Json) {
    this.#root = root;
  }

  /** Follows a chain of references, but not those inside its target, so circular references are safe. */
  resolve(given: unknown): Target {
    let value = given;
    for (let steps = 0; isObject(value) && typeof value.$ref === 'string'; steps++) {
      const ref = value.$ref;
      if (!ref.startsWith('#')) return { ok: false, reason: `"${ref}" isn’t among the imported files` };
      if (ref !== '#' && !ref.startsWith('#/'))
        return { ok: false, reason: `"${ref}" is an anchor. Write it as a path, such as #/components/…` };
      value = steps > STEPS_MAX ? undefined : lookUp(this.#root, ref);
      if (value === undefined) return { ok: false, reason: `"${ref}" doesn’t exist` };
    }
    return { ok: true, value };
  }
}
