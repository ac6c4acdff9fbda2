import type { OperationParameter } from '#lib/catalog/operation-shape.ts';

type Styled = Pick<OperationParameter, 'name' | 'style' | 'explode'>;

/** How a form value is written in a request. See `kindOf` in tester-form.ts. */
export type ValueKind = 'text' | 'list' | 'map' | 'json';

/** Percent-encodes everything except unreserved characters (RFC 3986 section 2.3). */
export const encode = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The lines of a list field, without blank lines. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

const SEPARATORS: Readonly<Record<string, string>> = { spaceDelimited: '%20', pipeDelimited: '%7C' };

/** `name=value` pairs of a query parameter, encoded, by OpenAPI's `style` and `explode` (default: form, exploded). */
export function queryPairs(parameter: Styled, kind: ValueKind, text: string): string[] {
  const name = encode(parameter.name);
  const style = parameter.style ?? 'form';
  const explode = parameter.explode ?? style === 'form';
  if (kind === 'list') {
    const values = linesOf(text).map(encode);
    if (explode) return values.map((value) => `${name}=${value}`);
    return [`${name}=${values.join(SEPARATORS[style] ?? ',')}`];
  }
  if (kind === 'map') {
    const entries = Object.entries(mapOf(text));
    if (style === 'deepObject')
      return entries.map(([key, value]) => `${name}${encode(`[${key}]`)}=${encode(value)}`);
    if (explode) return entries.map(([key, value]) => `${encode(key)}=${encode(value)}`);
    return [`${name}=${entries.flat().map(encode).join(',')}`];
  }
  return [`${name}=${encode(text)}`];
}

/** A path or header value in style `simple`: lists and objects are joined with commas. */
export function simpleText(
  explode: boolean | null,
  kind: ValueKind,
  text: string,
  each: (part: string) => string,
) {
  if (kind === 'list') return linesOf(text).map(each).join(',');
  if (kind !== 'map') return each(text);
  return Object.entries(mapOf(text))
    .map(([key, value]) => `${each(key)}${explode ? '=' : ','}${each(value)}`)
    .join(',');
}

/** The fields of a JSON object as text. `isMap` validates it first. */
function mapOf(text: string): Record<string, string> {
  const value: unknown = JSON.parse(text);
  return Object.fromEntries(
    Object.entries(Object(value)).map(([key, inner]) => [
      key,
      typeof inner === 'string' ? inner : JSON.stringify(inner),
    ]),
  );
}

export function isMap(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
