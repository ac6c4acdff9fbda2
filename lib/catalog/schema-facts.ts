import type { Json } from './json-value.ts';

export const VALUES_MAX = 30;
const TEXT_MAX = 120;

/** A schema's constraints besides its type as text, and its allowed values. */
export function schemaFacts(schema: Json): { facts: string[]; values: string[] } {
  const facts: string[] = [];
  const number = (key: string) => (typeof schema[key] === 'number' ? schema[key] : null);
  if (schema.deprecated === true) facts.push('deprecated');
  if (schema.readOnly === true) facts.push('read-only');
  if (schema.writeOnly === true) facts.push('write-only');
  if (typeof schema.format === 'string') facts.push(schema.format.slice(0, TEXT_MAX));
  const range = between(number('minimum'), number('maximum'), '');
  if (range) facts.push(range);
  const above = number('exclusiveMinimum');
  const below = number('exclusiveMaximum');
  if (above !== null) facts.push(`more than ${above}`);
  if (below !== null) facts.push(`less than ${below}`);
  const length = between(number('minLength'), number('maxLength'), ' characters');
  if (length) facts.push(length);
  const items = between(number('minItems'), number('maxItems'), ' items');
  if (items) facts.push(items);
  if (schema.uniqueItems === true) facts.push('no item twice');
  const multiple = number('multipleOf');
  if (multiple !== null) facts.push(`multiple of ${multiple}`);
  if (typeof schema.pattern === 'string') facts.push(`pattern ${schema.pattern.slice(0, TEXT_MAX)}`);
  if (schema.const !== undefined) facts.push(`always ${shown(schema.const)}`);
  if (schema.default !== undefined) facts.push(`default ${shown(schema.default)}`);
  const values = Array.isArray(schema.enum) ? schema.enum.slice(0, VALUES_MAX).map(shown) : [];
  if (Array.isArray(schema.enum) && schema.enum.length > VALUES_MAX)
    facts.push(`${schema.enum.length - VALUES_MAX} more values`);
  return { facts, values };
}

function between(least: number | null, most: number | null, unit: string): string | null {
  if (least !== null && most !== null)
    return least === most ? `exactly ${least}${unit}` : `${least} to ${most}${unit}`;
  if (least !== null) return `at least ${least}${unit}`;
  return most === null ? null : `at most ${most}${unit}`;
}

/** A value on one line: strings as they are, everything else as JSON. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null');
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}
