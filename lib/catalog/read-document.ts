import { LineCounter, parseDocument } from 'yaml';

/** An error in a document and its location: a line and column, or a JSON pointer. */
export type Problem = { place: string; reason: string };

export type Parameter = {
  name: string;
  in: string;
  required: boolean;
  description: string;
  schema: unknown;
  example: unknown;
};

export type Operation = {
  method: string;
  path: string;
  operationId: string | null;
  summary: string;
  description: string;
  tag: string;
  deprecated: boolean;
  parameters: Parameter[];
  requestBody: unknown;
  responses: unknown;
};

type ReadDocument = {
  openapi: string;
  title: string;
  version: string;
  description: string;
  operations: Operation[];
};

export type Json = Record<string, unknown>;

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const pointer = (...parts: string[]) =>
  `#${parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;

/** Parses an OpenAPI 3.0 or 3.1 document in JSON or YAML. Fetches nothing. References can be circular. */
export function readDocument(
  source: string,
): { ok: true; document: ReadDocument } | { ok: false; problems: Problem[] } {
  const parsed = parse(source);
  if (!parsed.ok) return parsed;
  const root = parsed.value;
  if (!isObject(root))
    return refuse(
      '#',
      'This isn’t an OpenAPI document. It must be an object with "openapi", "info" and "paths".',
    );
  if ('swagger' in root)
    return refuse(
      pointer('swagger'),
      `Swagger ${String(root.swagger)} isn’t supported. Convert the document to OpenAPI 3.0 or 3.1.`,
    );
  const openapi = text(root.openapi);
  if (!/^3\.[01]\.\d+/.test(openapi))
    return refuse(
      pointer('openapi'),
      `"openapi" is ${JSON.stringify(root.openapi) ?? 'missing'}: OpenAPI 3.0 or 3.1 is expected.`,
    );
  const { info, paths } = root;
  if (!isObject(info) || !text(info.title).trim())
    return refuse(pointer('info', 'title'), 'The API has no title.');
  if (!isObject(paths)) return refuse(pointer('paths'), 'The document has no paths.');

  const problems: Problem[] = [];
  const operations = readPaths(root, paths, problems);
  if (problems.length === 0 && operations.length === 0)
    problems.push({ place: pointer('paths'), reason: 'No path has an operation.' });
  if (problems.length > 0) return { ok: false, problems };
  const document = {
    openapi,
    title: text(info.title).trim().slice(0, 200),
    version: text(info.version).slice(0, 100),
    description: text(info.description),
    operations,
  };
  const unstorable = storageProblem([document.title, document.version, document.description]);
  if (unstorable) return refuse(pointer('info'), unstorable);
  return { ok: true, document };
}

/** The parsed document, or the location of the error. */
export function parse(source: string): { ok: true; value: unknown } | { ok: false; problems: Problem[] } {
  const trimmed = source.replace(/^\uFEFF/, '');
  if (trimmed.trimStart().startsWith('{')) {
    try {
      return { ok: true, value: JSON.parse(trimmed) };
    } catch {
      // The YAML parser reads JSON too, and reports the location of the error.
    }
  }
  const lines = new LineCounter();
  const yaml = parseDocument(trimmed, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    merge: true,
  });
  const [error] = yaml.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    return { ok: false, problems: [{ place: `line ${line}, column ${col}`, reason: error.message }] };
  }
  // At most 100 alias expansions: more is an attack on memory.
  try {
    return { ok: true, value: yaml.toJS({ maxAliasCount: 100 }) };
  } catch (cause) {
    return refuse('#', cause instanceof Error ? cause.message : 'The document can’t be parsed.');
  }
}

function readPaths(root: Json, paths: Json, problems: Problem[]): Operation[] {
  const operations: Operation[] = [];
  const seen = new Map<string, string>();
  for (const [path, given] of Object.entries(paths)) {
    if (path.startsWith('x-')) continue;
    const place = pointer('paths', path);
    const problem = templateProblem(path);
    if (problem) problems.push({ place, reason: problem });
    const item = resolve(root, given, place, problems);
    if (!isObject(item)) {
      if (problems.length === 0) problems.push({ place, reason: 'A path item must be an object.' });
      continue;
    }
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      const at = pointer('paths', path, method);
      if (!isObject(operation)) {
        problems.push({ place: at, reason: 'An operation must be an object.' });
        continue;
      }
      const same = `${method} ${path.replace(/\{[^{}]*\}/g, '{}')}`;
      const earlier = seen.get(same);
      if (earlier)
        problems.push({
          place: at,
          reason: `This conflicts with ${earlier}: they differ only in parameter names.`,
        });
      seen.set(same, `${method.toUpperCase()} ${path}`);
      const read = readOperation(root, path, method, item, operation, problems);
      const unstorable = storageProblem(read);
      if (unstorable) problems.push({ place: at, reason: unstorable });
      operations.push(read);
    }
  }
  return operations;
}

/** PostgreSQL can't store NUL or unpaired surrogates, and JSON can't represent a YAML anchor that contains itself. */
function storageProblem(value: unknown): string | null {
  try {
    return /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(JSON.stringify(value))
      ? 'A string contains NUL or an unpaired surrogate.'
      : null;
  } catch {
    return 'A YAML anchor contains itself. Use $ref for circular references.';
  }
}

function templateProblem(path: string): string | null {
  if (!path.startsWith('/')) return `The path "${path}" must begin with a slash.`;
  if (/[?#\s\\]|\/\//.test(path)) return `The path "${path}" contains an invalid character.`;
  if (!/^(?:[^{}]|\{[^{}/]+\})*$/.test(path)) return `The braces in "${path}" don’t match.`;
  if (/\}\{/.test(path)) return `Two parameters in "${path}" are adjacent. Separate them with a character.`;
  return null;
}

function readOperation(
  root: Json,
  path: string,
  method: string,
  item: Json,
  operation: Json,
  problems: Problem[],
): Operation {
  const at = pointer('paths', path, method);
  const parameters = new Map<string, Parameter>();
  for (const [list, place] of [
    [item.parameters, pointer('paths', path, 'parameters')],
    [operation.parameters, `${at}/parameters`],
  ] as const) {
    if (!Array.isArray(list)) continue;
    list.forEach((given, i) => {
      const parameter = resolve(root, given, `${place}/${i}`, problems);
      if (isObject(parameter))
        parameters.set(
          `${text(parameter.in)} ${text(parameter.name)}`,
          readParameter(root, parameter, problems, `${place}/${i}`),
        );
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
    requestBody:
      operation.requestBody === undefined
        ? null
        : resolve(root, operation.requestBody, `${at}/requestBody`, problems),
    responses: isObject(operation.responses) ? operation.responses : {},
  };
}

function readParameter(root: Json, parameter: Json, problems: Problem[], place: string): Parameter {
  const schema =
    parameter.schema === undefined ? null : resolve(root, parameter.schema, `${place}/schema`, problems);
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

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

/** Follows a chain of references, but not those inside its target, so circular references are safe. */
function resolve(root: Json, given: unknown, place: string, problems: Problem[]): unknown {
  let value = given;
  for (let steps = 0; isObject(value) && typeof value.$ref === 'string'; steps++) {
    const ref = value.$ref;
    if (!ref.startsWith('#')) {
      problems.push({ place, reason: `"${ref}" is outside this document. Bundle it into one file first.` });
      return null;
    }
    if (ref !== '#' && !ref.startsWith('#/')) {
      problems.push({ place, reason: `"${ref}" is an anchor. Write it as a path, such as #/components/….` });
      return null;
    }
    value = steps > 50 ? undefined : lookUp(root, ref);
    if (value === undefined) {
      problems.push({ place, reason: `"${ref}" doesn’t exist.` });
      return null;
    }
  }
  return value;
}

/** The value at a JSON pointer such as `#/components/schemas/City`, or undefined. */
export function lookUp(root: Json, ref: string): unknown {
  let value: unknown = root;
  for (const part of ref.slice(1).split('/').slice(1)) {
    const name = safeDecode(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value[Number(name)];
    else if (isObject(value) && Object.hasOwn(value, name)) value = value[name];
    else return undefined;
  }
  return value;
}

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function refuse(place: string, reason: string): { ok: false; problems: Problem[] } {
  return { ok: false, problems: [{ place, reason }] };
}
