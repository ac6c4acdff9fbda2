import { Validator } from '@seriousme/openapi-schema-validator';
import type { Note } from './document-types.ts';
import type { Json } from './json-value.ts';

const SIZE_MAX = 10 * 1024 * 1024;
const NOTES_MAX = 50;

/** Compiling its schemas takes longer than checking a document. */
let validator: Validator | undefined;

type Violation = { instancePath: string; keyword: string; message: string };

/** Where a document breaks the JSON schema of its OpenAPI version. It is imported anyway: few documents have no errors. */
export async function checkSchema(root: Json): Promise<Note[]> {
  const text = JSON.stringify(root);
  if (text.length > SIZE_MAX)
    return [
      { topic: 'schema', place: '#', reason: 'The document is too large to be checked against the schema.' },
    ];
  // The validator changes what it reads, and knows versions as "3.0.3".
  const copy: Json = JSON.parse(text);
  for (const key of ['openapi', 'swagger'])
    if (typeof copy[key] === 'string' && /^\d+\.\d+$/.test(copy[key]))
      copy[key] += key === 'openapi' ? '.0' : '';
  const violations = await violationsOf(copy);
  if (typeof violations === 'string') return [{ topic: 'schema', place: '#', reason: violations }];
  // A combination such as "oneOf" fails because its parts do: the deepest places say why.
  const places = new Map<string, string>();
  for (const { instancePath, message, keyword } of violations)
    if (!places.has(instancePath) || !/^(oneOf|anyOf|if|not|\$ref)$/.test(keyword))
      places.set(instancePath, message);
  return [...places]
    .filter(([place]) => ![...places.keys()].some((other) => other.startsWith(`${place}/`)))
    .slice(0, NOTES_MAX)
    .map(([place, message]) => ({ topic: 'schema', place: `#${place}`, reason: `It ${message}.` }));
}

async function violationsOf(root: Json): Promise<Violation[] | string> {
  try {
    validator ??= new Validator();
    const result = await validator.validate(root);
    if (result.valid) return [];
    const errors: unknown = result.errors;
    return Array.isArray(errors)
      ? errors
      : `The document can’t be checked against the schema: ${String(errors)}`;
  } catch (error) {
    return `The document can’t be checked against the schema: ${error instanceof Error ? error.message : String(error)}`;
  }
}
