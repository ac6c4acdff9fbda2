import { convertSwagger } from './convert-swagger.ts';
import type { Note, Operation, Parsed, Problem, Skipped } from './document-types.ts';
import { findLimits } from './find-limits.ts';
import { isObject, type Json, pointer, text } from './json-value.ts';
import { parseDocument } from './parse-document.ts';
import { type PathTemplate, readTemplate, routeKey } from './path-template.ts';
import { readOperation } from './read-operation.ts';
import { References } from './references.ts';

type ReadDocument = {
  openapi: string;
  title: string;
  version: string;
  description: string;
  operations: Operation[];
  /** Names of operations that answer the same requests as an earlier one, and that one's name. */
  sameRoute: ReadonlyMap<string, string>;
};

export type Read =
  | { ok: true; root: Json; document: ReadDocument; skipped: Skipped[]; notes: Note[] }
  | { ok: false; problems: Problem[] };

export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'query'] as const;
const VERSION = /^3\.[012](?:\.\d+)?(?:-.*)?$/;

/** Reads an OpenAPI 3.0, 3.1 or 3.2 or Swagger 2.0 document in JSON or YAML. References can be circular. */
export function readDocument(source: string): Read {
  return readParsed(parseDocument(source));
}

/** Reads a document that is one object already. `notes` were made when its files were put together. */
export function readParsed(parsed: Parsed, notes: Note[] = []): Read {
  if (!parsed.ok) return parsed;
  if (!isObject(parsed.value))
    return refuse(
      '#',
      'This isn’t an OpenAPI document. It must be an object with "openapi", "info" and "paths".',
    );
  const root = 'swagger' in parsed.value ? convertSwagger(parsed.value) : parsed.value;
  if (typeof root === 'string') return refuse(pointer('swagger'), root);
  const openapi = text(root.openapi);
  if (!VERSION.test(openapi))
    return refuse(
      pointer('openapi'),
      `"openapi" is ${JSON.stringify(root.openapi) ?? 'missing'}. Use OpenAPI 3.0, 3.1 or 3.2, or Swagger 2.0.`,
    );
  const { paths } = root;
  const info = isObject(root.info) ? root.info : {};
  const title = text(info.title).trim();
  if (!isObject(paths)) return refuse(pointer('paths'), 'The document has no paths.');
  const reading = new Reading(root);
  reading.readPaths(paths);
  if (reading.operations.length === 0) {
    const problems = reading.skipped.map(({ place, reason }) => ({ place, reason: `${reason}.` }));
    return problems.length > 0
      ? { ok: false, problems }
      : refuse(pointer('paths'), 'No path has an operation.');
  }
  const document = {
    openapi,
    title: title.slice(0, 200) || 'Untitled',
    version: String(info.version ?? '').slice(0, 100),
    description: text(info.description),
    operations: reading.operations,
    sameRoute: reading.sameRoute,
  };
  const unstorable = storageProblem([document.title, document.version, document.description]);
  if (unstorable) return refuse(pointer('info'), `${unstorable}.`);
  const duplicates = parsed.duplicates.map((one): Note => ({ topic: 'duplicate', ...one }));
  return {
    ok: true,
    root,
    document,
    skipped: reading.skipped,
    notes: [
      ...notes,
      ...(title
        ? []
        : [{ topic: 'schema' as const, place: pointer('info', 'title'), reason: 'The API has no title.' }]),
      ...duplicates,
      ...reading.notes,
      ...sharedRoutes(reading.sameRoute),
      ...findLimits(root),
    ],
  };
}

const NAMED_MAX = 3;

/** One note for each endpoint with several operations. */
function sharedRoutes(sameRoute: ReadonlyMap<string, string>): Note[] {
  return [...Map.groupBy(sameRoute, ([, first]) => first)].map(([first, others]): Note => {
    const names = others.slice(0, NAMED_MAX).map(([name]) => name);
    const more = others.length > NAMED_MAX ? ` and ${others.length - NAMED_MAX} more` : '';
    const [method = '', path = ''] = first.split(/ (.*)/s);
    return {
      topic: 'route',
      place: pointer('paths', path, method.toLowerCase()),
      reason: `${first} also answers the requests of ${names.join(', ')}${more}: they are one endpoint.`,
    };
  });
}

/** One pass over the paths of a document. */
class Reading {
  readonly operations: Operation[] = [];
  readonly skipped: Skipped[] = [];
  readonly notes: Note[] = [];
  readonly sameRoute = new Map<string, string>();
  readonly #references: References;
  /** The first operation for each method and route. */
  readonly #routes = new Map<string, string>();

  constructor(root: Json) {
    this.#references = new References(root);
  }

  readPaths(paths: Json): void {
    for (const [path, given] of Object.entries(paths)) {
      if (path.startsWith('x-')) continue;
      const place = pointer('paths', path);
      const item = this.#references.resolve(given);
      if (!item.ok) this.#skip(place, path, item.reason);
      else if (!isObject(item.value)) this.#skip(place, path, 'The path item isn’t an object');
      else this.#readItem(path, item.value, place);
    }
  }

  #readItem(path: string, item: Json, place: string): void {
    const found = [...operationsOf(item)];
    const template = readTemplate(path);
    if (typeof template === 'string') {
      for (const { method, key } of found)
        this.#skip(`${place}/${key}`, `${method.toUpperCase()} ${path}`, template);
      if (found.length === 0) this.#skip(place, path, template);
      return;
    }
    for (const { method, key, given } of found) {
      const name = `${method.toUpperCase()} ${path}`;
      const at = `${place}/${key}`;
      if (!METHODS.some((known) => known === method)) {
        this.#skip(at, name, `${method.toUpperCase()} isn’t routed`);
        continue;
      }
      const operation = this.#references.resolve(given);
      if (!operation.ok) this.#skip(at, name, operation.reason);
      else if (!isObject(operation.value)) this.#skip(at, name, 'The operation isn’t an object');
      else this.#add({ method, path, item, place, at, operation: operation.value }, template);
    }
  }

  #add(given: Parameters<typeof readOperation>[1], template: PathTemplate): void {
    const name = `${given.method.toUpperCase()} ${given.path}`;
    const broken: Problem[] = [];
    const operation = readOperation(this.#references, given, broken);
    const unstorable = storageProblem(operation);
    if (unstorable) return this.#skip(given.at, name, unstorable);
    for (const problem of broken) this.notes.push({ topic: 'reference', ...problem });
    const route = `${given.method} ${routeKey(template)}`;
    const first = this.#routes.get(route);
    if (first === undefined) this.#routes.set(route, name);
    else {
      this.sameRoute.set(name, first);
    }
    this.operations.push(operation);
  }

  #skip(place: string, name: string, reason: string): void {
    this.skipped.push({ place, name, reason });
  }
}

/** All operations of a path item, including those that can't be routed. */
function* operationsOf(item: Json): Generator<{ method: string; key: string; given: unknown }> {
  for (const method of [...METHODS, 'trace'])
    if (item[method] !== undefined) yield { method, key: method, given: item[method] };
  if (!isObject(item.additionalOperations)) return;
  for (const [method, given] of Object.entries(item.additionalOperations))
    yield { method: method.toLowerCase(), key: `additionalOperations/${method}`, given };
}

/** PostgreSQL can't store NUL or unpaired surrogates. */
function storageProblem(value: unknown): string | null {
  return /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(JSON.stringify(value))
    ? 'A string contains NUL or an unpaired surrogate'
    : null;
}

function refuse(place: string, reason: string): { ok: false; problems: Problem[] } {
  return { ok: false, problems: [{ place, reason }] };
}
