import { z } from 'zod';
import { fillTemplate, withQuery } from '#lib/catalog/fill-template.ts';

/** The columns of `endpoints` that an example request needs. */
export type CallableEndpoint = {
  apiSlug: string;
  method: string;
  path: string;
  deprecated: boolean;
  parameters: unknown;
  requestBody: unknown;
};

/** A request that can be sent to the gateway. */
export type ExampleCall = {
  method: string;
  /** Starts with the API's slug, is percent-encoded, and includes the required query parameters. */
  path: string;
  headers: Record<string, string>;
  /** JSON, or null for a request without a body. */
  body: string | null;
};

const Example = z.object({ value: z.unknown() }).partial();
const Schema = z
  .object({
    type: z.unknown(),
    format: z.unknown(),
    example: z.unknown(),
    examples: z.unknown(),
    default: z.unknown(),
    enum: z.array(z.unknown()),
    minimum: z.unknown(),
  })
  .partial();
const Parameter = z.object({
  in: z.enum(['path', 'query', 'header', 'cookie']),
  name: z.string(),
  required: z.boolean().optional().catch(undefined),
  example: z.unknown().optional(),
  examples: z.record(z.string(), Example).optional().catch(undefined),
  schema: Schema.optional().catch(undefined),
});
const Body = z.object({
  content: z.record(
    z.string(),
    z.object({
      example: z.unknown().optional(),
      examples: z.record(z.string(), Example).optional().catch(undefined),
      schema: Schema.optional().catch(undefined),
    }),
  ),
});

/** The endpoint that is easiest to try: preferably a GET, with the fewest values to make up. */
export function easiestToCall<E extends CallableEndpoint>(endpoints: readonly E[]): E | null {
  let best: E | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const endpoint of endpoints) {
    const effort = effortOf(endpoint);
    if (effort < least) [best, least] = [endpoint, effort];
  }
  return best;
}

function effortOf(endpoint: CallableEndpoint): number {
  const required = parametersOf(endpoint).filter(
    (parameter) => parameter.required || parameter.in === 'path',
  );
  const invented = required.filter((parameter) => givenValue(parameter) === undefined).length;
  const safe = endpoint.method === 'GET' ? 0 : endpoint.method === 'HEAD' ? 1_000 : 10_000;
  return safe + (endpoint.deprecated ? 500 : 0) + invented * 10 + required.length;
}

/** Fills an endpoint's required parameters and body from the examples in its OpenAPI document. */
export function exampleCall(endpoint: CallableEndpoint): ExampleCall {
  const parameters = parametersOf(endpoint);
  const pathValue = (...names: string[]) => {
    const parameter = parameters.find(({ in: place, name }) => place === 'path' && names.includes(name));
    return parameter ? textValue(parameter) : 'example';
  };
  const path = fillTemplate(endpoint.path, encodeLiteral, ({ name, inner, spans }) => {
    const value = pathValue(inner, name);
    return spans ? value.split('/').filter(Boolean).map(encode).join('/') : encode(value);
  });
  const required = parameters.filter((parameter) => parameter.required);
  const query = required
    .filter((parameter) => parameter.in === 'query')
    .map((parameter) => `${encode(parameter.name)}=${encode(textValue(parameter))}`)
    .join('&');
  const headers: Record<string, string> = {};
  for (const parameter of required) {
    if (parameter.in === 'header' && isToken(parameter.name))
      headers[parameter.name] = headerValue(parameter);
  }
  const body = bodyOf(endpoint);
  if (body !== null) headers['Content-Type'] = 'application/json';
  return {
    method: endpoint.method,
    path: withQuery(`/${endpoint.apiSlug}${path}`, query),
    headers,
    body,
  };
}

function parametersOf({ parameters }: CallableEndpoint): z.infer<typeof Parameter>[] {
  if (!Array.isArray(parameters)) return [];
  return parameters.flatMap((parameter) => {
    const parsed = Parameter.safeParse(parameter);
    return parsed.success ? [parsed.data] : [];
  });
}

/** The example value in the document, or undefined. */
function givenValue({
  example,
  examples,
  schema,
}: Pick<z.infer<typeof Parameter>, 'example' | 'examples' | 'schema'>) {
  const many = schema?.examples;
  return (
    example ??
    Object.values(examples ?? {})[0]?.value ??
    schema?.example ??
    (Array.isArray(many) ? many[0] : undefined) ??
    schema?.default ??
    schema?.enum?.[0]
  );
}

function textValue(parameter: z.infer<typeof Parameter>): string {
  const value = givenValue(parameter) ?? inventedValue(parameter.schema);
  return Array.isArray(value)
    ? value.map(String).join(',')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
}

function inventedValue(schema: z.infer<typeof Schema> | undefined): string | number | boolean {
  const type = Array.isArray(schema?.type) ? schema.type[0] : schema?.type;
  if (type === 'integer' || type === 'number')
    return typeof schema?.minimum === 'number' ? schema.minimum : 1;
  if (type === 'boolean') return true;
  if (schema?.format === 'date') return '2026-01-01';
  if (schema?.format === 'date-time') return '2026-01-01T00:00:00Z';
  if (schema?.format === 'uuid') return '00000000-0000-4000-8000-000000000000';
  return 'example';
}

function bodyOf({ method, requestBody }: CallableEndpoint): string | null {
  if (!['POST', 'PUT', 'PATCH'].includes(method)) return null;
  const parsed = Body.safeParse(requestBody);
  if (!parsed.success) return null;
  const json = Object.entries(parsed.data.content).find(([type]) => /[/+]json\b/i.test(type))?.[1];
  return json ? JSON.stringify(givenValue(json) ?? {}) : null;
}

/** Also encodes the quotes that `encodeURIComponent` leaves, because snippets put the URL in quotes. */
const encode = (text: string) =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
const encodeLiteral = (text: string) =>
  text
    .split('/')
    // The router matches the path as written in the document, where a colon may be unencoded (RFC 3986).
    .map((segment) => encode(decode(segment)).replaceAll('%3A', ':'))
    .join('/');
const isToken = (name: string) => /^[A-Za-z0-9-]+$/.test(name);
const headerValue = (parameter: z.infer<typeof Parameter>) =>
  textValue(parameter).replace(/[^\x20-\x7e]/g, '');

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
