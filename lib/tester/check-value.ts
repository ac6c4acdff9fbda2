import type { Json } from '#lib/catalog/json-value.ts';
import { mergeSchema } from '#lib/catalog/merge-schema.ts';
import type { OperationParameter } from '#lib/catalog/operation-shape.ts';
import { shown } from '#lib/catalog/schema-facts.ts';
import { jsonProblem } from './json-problem.ts';
import { isMap } from './serialize.ts';
import type { FieldKind } from './tester-form.ts';

/** The error in a parameter's value, or null. Bounds are left to the API, whose own error is worth seeing. */
export function checkValue(
  root: Json,
  parameter: OperationParameter,
  kind: FieldKind,
  text: string,
): string | null {
  const value = text.trim();
  switch (kind) {
    case 'choice': {
      const schema = mergeSchema(root, parameter.schema);
      const values = Array.isArray(schema?.enum) ? schema.enum.map(shown) : [];
      return values.includes(value) ? null : 'Choose one of the values.';
    }
    case 'integer':
      return /^-?\d+$/.test(value) ? null : 'Enter a whole number.';
    case 'number':
      return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value) ? null : 'Enter a number.';
    case 'boolean':
      return value === 'true' || value === 'false' ? null : 'Choose true or false.';
    case 'map':
      return isMap(value) ? null : 'Enter a JSON object, such as {"name": "value"}.';
    case 'json':
      return jsonProblem(value);
    default:
      return null;
  }
}
