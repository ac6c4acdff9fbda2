import { isObject, type Json, lookUp, text } from './json-value.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
/** Keywords that Swagger 2.0 has beside `in` and OpenAPI 3 in a schema. */
const SCHEMA_KEYS = [
  ...['type', 'format', 'items', 'default', 'enum', 'pattern', 'multipleOf', 'x-nullable', 'x-example'],
  ...['maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength', 'minLength'],
  ...['maxItems', 'minItems', 'uniqueItems'],
];
const STYLES: Readonly<Record<string, Json>> = {
  ssv: { style: 'spaceDelimited', explode: false },
  pipes: { style: 'pipeDelimited', explode: false },
  multi: { explode: true },
  csv: { explode: false },
};

/** Rewrites a Swagger 2.0 document in place as OpenAPI 3.0, or returns the reason why it can't. */
export function convertSwagger(root: Json): Json | string {
  const version = String(root.swagger);
  if (!/^2\.0(\.\d+)?$/.test(version))
    return `Swagger ${version} isn’t supported. Use Swagger 2.0 or OpenAPI 3.`;
  return new Conversion(root).run();
}

class Conversion {
  readonly #root: Json;
  /** The document's own definitions before they moved. */
  readonly #parameters: Json;

  constructor(root: Json) {
    this.#root = root;
    this.#parameters = objectAt(root, 'parameters');
  }

  run(): Json {
    const root = this.#root;
    const {
      definitions,
      responses,
      securityDefinitions,
      paths,
      parameters: _p,
      consumes,
      produces,
      ...rest
    } = root;
    const { swagger: _s, host, basePath, schemes, ...kept } = rest;
    const types = { consumes: listOf(consumes), produces: listOf(produces) };
    const shared = Object.entries(this.#parameters).filter(([, one]) => isObject(one));
    const isBody = (one: unknown) => isObject(one) && (one.in === 'body' || one.in === 'formData');
    const components = {
      schemas: isObject(definitions) ? definitions : {},
      parameters: Object.fromEntries(
        shared.filter(([, one]) => !isBody(one)).map(([name, one]) => [name, parameter(one as Json)]),
      ),
      responses: mapValues(responses, (one) => response(one, types.produces)),
      securitySchemes: mapValues(securityDefinitions, securityScheme),
    };
    const converted: Json = {
      openapi: '3.0.4',
      ...kept,
      ...(host || basePath ? { servers: serversOf(text(host), text(basePath), listOf(schemes)) } : {}),
      paths: mapValues(paths, (item) => this.#item(item, types)),
      components,
    };
    moveReferences(converted);
    return converted;
  }

  #item(item: unknown, types: Types): unknown {
    if (!isObject(item)) return item;
    const own = Array.isArray(item.parameters) ? item.parameters : [];
    const bodies = own.filter((one) => isBodyParameter(this.#resolved(one)));
    const result: Json = { ...item };
    if (own.length > 0)
      result.parameters = own.filter((one) => !bodies.includes(one)).map((one) => this.#parameter(one));
    for (const method of METHODS)
      if (isObject(item[method])) result[method] = this.#operation(item[method], bodies, types);
    return result;
  }

  #operation(operation: Json, inherited: readonly unknown[], types: Types): Json {
    if (typeof operation.$ref === 'string') return operation;
    const { consumes, produces, parameters, schemes: _s, ...rest } = operation;
    const own = Array.isArray(parameters) ? parameters : [];
    const all = [...inherited, ...own].map((one) => this.#resolved(one));
    const inputs = listOf(consumes).length > 0 ? listOf(consumes) : types.consumes;
    const outputs = listOf(produces).length > 0 ? listOf(produces) : types.produces;
    const requestBody = bodyOf(all.filter(isBodyParameter), inputs);
    return {
      ...rest,
      ...(own.length > 0
        ? {
            parameters: own
              .filter((one) => !isBodyParameter(this.#resolved(one)))
              .map((one) => this.#parameter(one)),
          }
        : {}),
      ...(requestBody ? { requestBody } : {}),
      responses: mapValues(operation.responses, (one) => response(one, outputs)),
    };
  }

  #resolved(given: unknown): unknown {
    const ref = isObject(given) ? text(given.$ref) : '';
    return ref.startsWith('#/parameters/') ? lookUp(this.#root, ref) : given;
  }

  #parameter(given: unknown): unknown {
    return isObject(given) && !('$ref' in given) ? parameter(given) : given;
  }
}

type Types = { consumes: readonly string[]; produces: readonly string[] };

const isBodyParameter = (given: unknown): given is Json =>
  isObject(given) && (given.in === 'body' || given.in === 'formData');

const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

const objectAt = (root: Json, key: string): Json => (isObject(root[key]) ? root[key] : {});

const mapValues = (given: unknown, change: (value: unknown) => unknown): Json =>
  isObject(given)
    ? Object.fromEntries(
        Object.entries(given).map(([key, value]) => [key, key.startsWith('x-') ? value : change(value)]),
      )
    : {};

function serversOf(host: string, basePath: string, schemes: readonly string[]): Json[] {
  const path = basePath === '/' ? '' : basePath;
  if (!host) return [{ url: path || '/' }];
  return (schemes.length > 0 ? schemes : ['https']).map((scheme) => ({ url: `${scheme}://${host}${path}` }));
}

function schemaOf(given: Json): Json {
  const schema: Json = {};
  for (const key of SCHEMA_KEYS) if (given[key] !== undefined) schema[key] = given[key];
  return schema;
}

function parameter(given: Json): Json {
  const { name, in: place, description, required, collectionFormat, allowEmptyValue, deprecated } = given;
  const rest = Object.fromEntries(Object.entries(given).filter(([key]) => key.startsWith('x-')));
  const isList = given.type === 'array';
  return {
    ...rest,
    ...{ name, in: place },
    ...(description === undefined ? {} : { description }),
    ...(required === undefined ? {} : { required }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(allowEmptyValue === undefined ? {} : { allowEmptyValue }),
    ...(isList ? (STYLES[text(collectionFormat) || 'csv'] ?? STYLES.csv) : {}),
    schema: schemaOf(given),
  };
}

function bodyOf(given: readonly Json[], consumes: readonly string[]): Json | null {
  const body = given.find((one) => one.in === 'body');
  if (body) {
    const media = { schema: body.schema ?? {} };
    return {
      ...(body.description === undefined ? {} : { description: body.description }),
      ...(body.required === true ? { required: true } : {}),
      content: Object.fromEntries(
        (consumes.length > 0 ? consumes : ['application/json']).map((type) => [type, media]),
      ),
    };
  }
  if (given.length === 0) return null;
  const hasFile = given.some((one) => one.type === 'file');
  const properties = Object.fromEntries(
    given.map((one) => [
      text(one.name),
      { ...schemaOf(one), ...(one.description === undefined ? {} : { description: one.description }) },
    ]),
  );
  const required = given.filter((one) => one.required === true).map((one) => text(one.name));
  const schema = { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
  const forms = consumes.filter((type) => /form/.test(type));
  const usual = hasFile ? 'multipart/form-data' : 'application/x-www-form-urlencoded';
  return {
    ...(required.length > 0 ? { required: true } : {}),
    content: Object.fromEntries((forms.length > 0 ? forms : [usual]).map((type) => [type, { schema }])),
  };
}

function response(given: unknown, produces: readonly string[]): unknown {
  if (!isObject(given) || '$ref' in given) return given;
  const { schema, examples, headers, ...rest } = given;
  const examplesByType = isObject(examples) ? examples : {};
  const types = produces.length > 0 ? produces : ['application/json'];
  const named = [...new Set([...(schema === undefined ? [] : types), ...Object.keys(examplesByType)])];
  const content = named.map((type) => [
    type,
    {
      ...(schema === undefined ? {} : { schema }),
      ...(examplesByType[type] === undefined ? {} : { example: examplesByType[type] }),
    },
  ]);
  return {
    ...rest,
    ...(isObject(headers)
      ? {
          headers: mapValues(headers, (header) =>
            isObject(header)
              ? {
                  ...(header.description === undefined ? {} : { description: header.description }),
                  schema: schemaOf(header),
                }
              : header,
          ),
        }
      : {}),
    ...(content.length > 0 ? { content: Object.fromEntries(content) } : {}),
  };
}

function securityScheme(given: unknown): unknown {
  if (!isObject(given)) return given;
  if (given.type === 'basic') return { type: 'http', scheme: 'basic', ...described(given) };
  if (given.type !== 'oauth2') return given;
  const { flow, authorizationUrl, tokenUrl, scopes } = given;
  const name =
    { application: 'clientCredentials', accessCode: 'authorizationCode' }[text(flow)] ?? text(flow);
  return {
    type: 'oauth2',
    ...described(given),
    flows: {
      [name]: {
        ...(authorizationUrl === undefined ? {} : { authorizationUrl }),
        ...(tokenUrl === undefined ? {} : { tokenUrl }),
        scopes: isObject(scopes) ? scopes : {},
      },
    },
  };
}

const described = ({ description }: Json): Json => (description === undefined ? {} : { description });

const MOVED: readonly (readonly [from: string, to: string])[] = [
  ['#/definitions/', '#/components/schemas/'],
  ['#/parameters/', '#/components/parameters/'],
  ['#/responses/', '#/components/responses/'],
];

/** Points references to where their targets are now, and rewrites what schemas write in another way. */
function moveReferences(root: Json): void {
  const seen = new Set<object>();
  const stack: unknown[] = [root];
  for (let value = stack.pop(); stack.length > 0 || value !== undefined; value = stack.pop()) {
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (Array.isArray(value)) {
      stack.push(...value);
      continue;
    }
    const object = value as Json; // Neither null nor an array.
    if (typeof object.$ref === 'string') {
      const ref = object.$ref;
      const moved = MOVED.find(([from]) => ref.startsWith(from));
      if (moved) object.$ref = moved[1] + ref.slice(moved[0].length);
    }
    if (object.type === 'file') Object.assign(object, { type: 'string', format: 'binary' });
    if (object['x-nullable'] === true) object.nullable = true;
    if (typeof object.discriminator === 'string' && isObject(object.properties))
      object.discriminator = { propertyName: object.discriminator };
    for (const inner of Object.values(object)) if (typeof inner === 'object') stack.push(inner);
  }
}
