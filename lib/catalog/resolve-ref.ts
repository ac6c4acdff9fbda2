import { isObject, type Json, lookUp } from './json-value.ts';

const STEPS_MAX = 50;
const MODEL = /^#\/components\/schemas\/([^/]+)$/;

type Resolved = {
  /** The final target of the references. Undefined if they are broken or circular. */
  value: unknown;
  /** The first reference, as written. */
  ref: string | null;
};

/** Follows a chain of `$ref`. Keywords next to a `$ref` (OpenAPI 3.1) win over its target. */
export function resolveRef(root: Json, given: unknown): Resolved {
  let value = given;
  let ref: string | null = null;
  let siblings: Json = {};
  for (let steps = 0; isObject(value) && typeof value.$ref === 'string'; steps++) {
    if (steps >= STEPS_MAX) return { value: undefined, ref };
    const { $ref, ...rest } = value;
    ref ??= String($ref);
    siblings = { ...rest, ...siblings };
    value = String($ref).startsWith('#') ? lookUp(root, String($ref)) : undefined;
  }
  const merged = isObject(value) && Object.keys(siblings).length > 0 ? { ...value, ...siblings } : value;
  return { value: merged, ref };
}

/** The name of the schema in `components` that a reference points to, or null. */
export function modelName(ref: string | null): string | null {
  const name = ref && MODEL.exec(ref)?.[1];
  if (!name) return null;
  try {
    return decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return name;
  }
}
