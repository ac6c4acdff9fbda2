import { isObject, type Json, lookUp } from './read-document.ts';

const STEPS_MAX = 50;
const MODEL = /^#\/components\/schemas\/([^/]+)$/;

type Resolved = {
  /** What stands at the end of the references; undefined where they lead nowhere or in a circle. */
  value: unknown;
  /** The first reference on the way, as written. */
  ref: string | null;
};

/** Follows `$ref` and references to references. What stands beside a `$ref` (OpenAPI 3.1) wins over its target. */
export function resolveRef(root: Json, given: unknown): Resolved {
  let value = given;
  let ref: string | null = null;
  let beside: Json = {};
  for (let steps = 0; isObject(value) && typeof value.$ref === 'string'; steps++) {
    if (steps >= STEPS_MAX) return { value: undefined, ref };
    const { $ref, ...rest } = value;
    ref ??= String($ref);
    beside = { ...rest, ...beside };
    value = String($ref).startsWith('#') ? lookUp(root, String($ref)) : undefined;
  }
  const merged = isObject(value) && Object.keys(beside).length > 0 ? { ...value, ...beside } : value;
  return { value: merged, ref };
}

/** Name of the schema under `components` that a reference leads to, or null. */
export function modelName(ref: string | null): string | null {
  const name = ref && MODEL.exec(ref)?.[1];
  if (!name) return null;
  try {
    return decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return name;
  }
}
