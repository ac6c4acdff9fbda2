import { isObject, type Json } from './json-value.ts';
import { templateExpressions } from './path-template.ts';
import { resolveRef } from './resolve-ref.ts';

/** A parameter of the document, except for header names that HTTP reserves (OpenAPI 3.1, 4.8.12). */
export type OperationParameter = {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  deprecated: boolean;
  description: string;
  schema: unknown;
  /** Null for the default of its location. */
  style: string | null;
  explode: boolean | null;
  /** Media type, if the parameter is described by one. */
  contentType: string | null;
  /** The document's example, or undefined. */
  example: unknown;
};

export type Media = { contentType: string; media: unknown };

export type OperationShape = {
  parameters: OperationParameter[];
  body: { required: boolean; description: string; media: Media[] } | null;
  responses: { status: string; description: string; headers: string[]; media: Media[] }[];
};

/** The columns of an endpoint that define its shape. */
type EndpointRow = {
  method: string;
  path: string;
  parameters: unknown;
  requestBody: unknown;
  responses: unknown;
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const PLACES = ['path', 'query', 'header'] as const;
const RESERVED = /^(accept|content-type|authorization)$/i;

/**
 * An operation's parameters, body and responses. Read from the document, which has `style` and the order of properties,
 * or from the columns if the document doesn't contain the operation.
 */
export function operationShape(root: Json, endpoint: EndpointRow): OperationShape {
  const source = documented(root, endpoint) ?? endpoint;
  const parameters = new Map<string, OperationParameter>();
  for (const given of Array.isArray(source.parameters) ? source.parameters : []) {
    const parameter = readParameter(root, given);
    if (parameter) parameters.set(`${parameter.in} ${parameter.name}`, parameter);
  }
  for (const { name, inner } of templateExpressions(endpoint.path)) {
    if (!parameters.has(`path ${name}`) && !parameters.has(`path ${inner}`))
      parameters.set(`path ${name}`, unnamed(name));
  }
  const order = (parameter: OperationParameter) => PLACES.indexOf(parameter.in);
  return {
    parameters: [...parameters.values()].sort((a, b) => order(a) - order(b)),
    body: readBody(root, source.requestBody),
    responses: readResponses(root, source.responses),
  };
}

function documented(root: Json, endpoint: EndpointRow): Omit<EndpointRow, 'method' | 'path'> | null {
  const paths = isObject(root.paths) ? root.paths : {};
  const item = Object.hasOwn(paths, endpoint.path) ? resolveRef(root, paths[endpoint.path]).value : null;
  const operation = isObject(item) ? resolveRef(root, item[endpoint.method.toLowerCase()]).value : null;
  if (!isObject(item) || !isObject(operation)) return null;
  const lists = [item.parameters, operation.parameters];
  return {
    parameters: lists.flatMap((list) => (Array.isArray(list) ? list : [])),
    requestBody: operation.requestBody,
    responses: operation.responses,
  };
}

function readParameter(root: Json, given: unknown): OperationParameter | null {
  const { value } = resolveRef(root, given);
  if (!isObject(value)) return null;
  const place = PLACES.find((known) => known === value.in);
  const name = text(value.name).slice(0, 200);
  if (!place || !name || (place === 'header' && RESERVED.test(name))) return null;
  const [contentType, media] = isObject(value.content) ? (Object.entries(value.content)[0] ?? []) : [];
  const several = isObject(value.examples) ? Object.values(value.examples)[0] : undefined;
  const first = resolveRef(root, several).value;
  return {
    name,
    in: place,
    required: value.required === true || place === 'path',
    deprecated: value.deprecated === true,
    description: text(value.description),
    schema: isObject(media) ? media.schema : value.schema,
    style: text(value.style) || null,
    explode: typeof value.explode === 'boolean' ? value.explode : null,
    contentType: contentType ?? null,
    example: value.example ?? (isObject(first) ? first.value : undefined) ?? undefined,
  };
}

const unnamed = (name: string): OperationParameter => ({
  name,
  in: 'path',
  required: true,
  deprecated: false,
  description: '',
  schema: { type: 'string' },
  style: null,
  explode: null,
  contentType: null,
  example: undefined,
});

function mediaOf(content: unknown): Media[] {
  return isObject(content)
    ? Object.entries(content).map(([contentType, media]) => ({
        contentType: contentType.slice(0, 200),
        media,
      }))
    : [];
}

function readBody(root: Json, given: unknown): OperationShape['body'] {
  const { value } = resolveRef(root, given);
  if (!isObject(value)) return null;
  const media = mediaOf(value.content);
  if (media.length === 0) return null;
  return { required: value.required === true, description: text(value.description), media };
}

function readResponses(root: Json, given: unknown): OperationShape['responses'] {
  return Object.entries(isObject(given) ? given : {}).flatMap(([status, response]) => {
    const { value } = resolveRef(root, response);
    if (status.startsWith('x-') || !isObject(value)) return [];
    return [
      {
        status,
        description: text(value.description),
        headers: isObject(value.headers) ? Object.keys(value.headers) : [],
        media: mediaOf(value.content),
      },
    ];
  });
}
