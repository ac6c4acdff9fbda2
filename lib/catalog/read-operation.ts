import type { Operation, Parameter, Problem } from './document-types.ts';
import { isObject, type Json, text } from './json-value.ts';
import type { References } from './references.ts';

type Given = {
  /** Lower case. */
  method: string;
  path: string;
  item: Json;
  /** The pointers of the path item and of the operation. */
  place: string;
  at: string;
  operation: Json;
};

/** Reads one operation. What it refers to and isn't there is left out, and added to `broken`. */
export function readOperation(references: References, given: Given, broken: Problem[]): Operation {
  const { method, path, item, place, at, operation } = given;
  const reader = new PartReader(references, broken);
  const parameters = new Map<string, Parameter>();
  for (const [list, where] of [
    [item.parameters, `${place}/parameters`],
    [operation.parameters, `${at}/parameters`],
  ] as const) {
    if (!Array.isArray(list)) continue;
    list.forEach((one, i) => {
      const parameter = reader.parameter(one, `${where}/${i}`);
      if (parameter) parameters.set(`${parameter.in} ${parameter.name}`, parameter);
    });
  }
  const tags = Array.isArray(operation.tags) ? operation.tags : [];
  return {
    method: method.toUpperCase(),
    path,
    operationId: text(operation.operationId) || null,
    summary: text(operation.summary).slice(0, 300),
    description: text(operation.description),
    tag: text(tags[0]).slice(0, 100),
    deprecated: operation.deprecated === true,
    parameters: [...parameters.values()],
    requestBody: reader.body(operation.requestBody, `${at}/requestBody`),
    responses: reader.responses(operation.responses, `${at}/responses`),
  };
}

class PartReader {
  readonly #references: References;
  readonly #broken: Problem[];

  constructor(references: References, broken: Problem[]) {
    this.#references = references;
    this.#broken = broken;
  }

  resolve(given: unknown, place: string): unknown {
    const target = this.#references.resolve(given);
    if (target.ok) return target.value;
    this.#broken.push({ place, reason: `${target.reason.replace(/[.…]$/, '')}. It is left out.` });
    return undefined;
  }

  parameter(given: unknown, place: string): Parameter | null {
    const parameter = this.resolve(given, place);
    if (!isObject(parameter)) return null;
    const schema =
      parameter.schema === undefined ? null : (this.resolve(parameter.schema, `${place}/schema`) ?? null);
    const examples = isObject(parameter.examples) ? Object.values(parameter.examples)[0] : undefined;
    const example =
      parameter.example ??
      (isObject(examples) ? examples.value : undefined) ??
      (isObject(schema)
        ? (schema.example ?? schema.default ?? firstOf(schema.enum) ?? firstOf(schema.examples))
        : undefined);
    return {
      name: text(parameter.name).slice(0, 200),
      in: text(parameter.in),
      required: parameter.required === true,
      description: text(parameter.description),
      schema,
      example: example ?? null,
    };
  }

  body(given: unknown, place: string): unknown {
    const value = this.resolve(given, place) ?? null;
    if (isObject(value)) this.#content(value.content, `${place}/content`);
    return value;
  }

  /** Responses stay as they are. References from them that lead nowhere are named. */
  responses(given: unknown, place: string): Json {
    if (!isObject(given)) return {};
    for (const [status, response] of Object.entries(given)) {
      const value = this.resolve(response, `${place}/${status}`);
      if (isObject(value)) this.#content(value.content, `${place}/${status}/content`);
    }
    return given;
  }

  #content(given: unknown, place: string): void {
    if (!isObject(given)) return;
    for (const [type, media] of Object.entries(given))
      if (isObject(media))
        this.resolve(media.schema, `${place}/${type.replaceAll('~', '~0').replaceAll('/', '~1')}/schema`);
  }
}

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);
