import { hasDotSegment } from '#lib/catalog/dot-segments.ts';
import { fillTemplate, withQuery } from '#lib/catalog/fill-template.ts';
import type { Json } from '#lib/catalog/json-value.ts';
import type { OperationParameter, OperationShape } from '#lib/catalog/operation-shape.ts';
import { checkValue } from './check-value.ts';
import { canBeSet } from './header-names.ts';
import { jsonProblem } from './json-problem.ts';
import { encode, queryPairs, simpleText, type ValueKind } from './serialize.ts';
import { acceptsOf, bodyTypes, type FieldKind, kindOf } from './tester-form.ts';
import type { TesterValues } from './tester-input.ts';

/** A request ready to send, except for the ticket. */
export type TesterCall = {
  method: string;
  /** `/{api}/{path}?{query}`, percent-encoded. */
  target: string;
  headers: [name: string, value: string][];
  body: string | null;
};

/** Errors by field: `path city`, `body`, or `''` for the whole request. */
export type FieldErrors = Record<string, string>;
export type Built = { ok: true; call: TesterCall } | { ok: false; fields: FieldErrors };

/** The gateway's limit for a target (lib/gateway/target.ts). */
const TARGET_MAX = 8_192;
/** Characters the gateway rejects in a path because servers interpret them differently. */
const CONFUSING = /[\u0000-\u001f\u007f\\]/;

type Operation = { apiSlug: string; method: string; path: string; shape: OperationShape };

/** Builds a request from the form's values. It contains only the operation's parameters. */
export function buildCall(root: Json, operation: Operation, values: TesterValues): Built {
  const { shape } = operation;
  const fields: FieldErrors = unknownFields(shape.parameters, values);
  const known: Known[] = [];
  for (const parameter of shape.parameters) {
    const place = values[parameter.in];
    const text = Object.hasOwn(place, parameter.name) ? place[parameter.name]! : '';
    const field = `${parameter.in} ${parameter.name}`;
    const sendable = parameter.in !== 'header' || canBeSet(parameter.name);
    if (text.trim() === '') {
      if (parameter.required && sendable) fields[field] = 'Enter a value.';
      continue;
    }
    const kind = kindOf(root, parameter);
    const problem = sendable ? checkValue(root, parameter, kind, text) : 'You can’t set this header here.';
    if (problem) fields[field] = problem;
    else known.push({ parameter, kind, text });
  }
  const of = (place: OperationParameter['in']) => known.filter(({ parameter }) => parameter.in === place);

  const path = pathOf(operation.path, of('path'), fields);
  if (hasDotSegment(path.replace(/\?.*$/s, '')))
    fields[dotField(values)] = 'A path segment can’t be "." or "..".';

  const pairs = of('query').flatMap(({ parameter, kind, text }) =>
    queryPairs(parameter, valueKind(kind), text),
  );
  const target = withQuery(`/${operation.apiSlug}${path}`, pairs.join('&'));
  if (target.length > TARGET_MAX)
    fields[''] = `The URL is too long. It can have at most ${TARGET_MAX} characters.`;

  const headers: [string, string][] = of('header').map(({ parameter, kind, text }) => [
    parameter.name,
    simpleText(parameter.explode, valueKind(kind), text.trim(), (piece) => piece),
  ]);
  for (const [name, value] of headers)
    if (!/^[\x20-\x7e]*$/.test(value))
      fields[`header ${name}`] = 'A header value must be one line of ASCII characters.';
  const accept = values.accept || '*/*';
  if (!acceptsOf(shape).includes(accept)) fields.accept = 'The operation doesn’t return this type.';
  headers.push(['Accept', accept]);

  const body = readBody(shape, values, fields);
  if (body !== null) headers.push(['Content-Type', values.contentType]);
  if (Object.keys(fields).length > 0) return { ok: false, fields };
  return { ok: true, call: { method: operation.method, target, headers, body } };
}

type Known = { parameter: OperationParameter; kind: FieldKind; text: string };

function pathOf(template: string, known: readonly Known[], fields: FieldErrors): string {
  return fillTemplate(template, literal, ({ text, name, inner, spans }) => {
    const found = known.find(({ parameter }) => parameter.name === inner || parameter.name === name);
    if (!found) return text; // A required parameter without a value has its message already.
    const { parameter, kind } = found;
    const pieces = spans ? found.text.trim().split('/') : [found.text.trim()];
    return pieces
      .map((value) =>
        simpleText(parameter.explode, valueKind(kind), value, (piece) => {
          if (CONFUSING.test(piece))
            fields[`path ${parameter.name}`] =
              'A path value can’t contain a backslash or control characters.';
          return encode(piece);
        }),
      )
      .join('/');
  });
}

const dotField = ({ path }: TesterValues): string => {
  const name = Object.keys(path).find((key) => hasDotSegment(`/${path[key]!.trim()}`));
  return name === undefined ? '' : `path ${name}`;
};

/** Choices, numbers and booleans are sent as typed. */
const valueKind = (kind: FieldKind): ValueKind =>
  kind === 'list' || kind === 'map' || kind === 'json' ? kind : 'text';

function unknownFields(parameters: readonly OperationParameter[], values: TesterValues): FieldErrors {
  const names = new Set(parameters.map((parameter) => `${parameter.in} ${parameter.name}`));
  const fields: FieldErrors = {};
  for (const place of ['path', 'query', 'header'] as const)
    for (const name of Object.keys(values[place]))
      if (!names.has(`${place} ${name}`))
        fields[`${place} ${name}`] = `"${name}" isn’t a parameter of this operation.`;
  return fields;
}

function readBody(shape: OperationShape, values: TesterValues, fields: FieldErrors): string | null {
  const { body, contentType } = values;
  if (body === '') {
    if (shape.body?.required && bodyTypes(shape).contentTypes.length > 0) fields.body = 'Enter a body.';
    return null;
  }
  if (!bodyTypes(shape).contentTypes.includes(contentType)) {
    fields.body = shape.body
      ? 'The operation doesn’t accept a body of this type.'
      : 'The operation doesn’t accept a body.';
    return null;
  }
  if (/[/+]json\b/i.test(contentType)) {
    const problem = jsonProblem(body);
    if (problem) fields.body = problem;
  }
  return body;
}

/** The fixed parts of a template, unchanged except for characters a path can't contain. */
const literal = (text: string): string =>
  text.replace(/[^A-Za-z0-9\-._~!$&'()*+,=:@/%]+/g, (part) => encode(part));
