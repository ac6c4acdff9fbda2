import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import { decodeText } from './decode-text.ts';
import type { Note, Parsed, Problem } from './document-types.ts';
import { isObject, type Json, lookUp, pointer } from './json-value.ts';
import { parseDocument } from './parse-document.ts';

import type { NamedFile } from './read-zip.ts';

/** Returns a file that isn't among the given ones, or the reason why it can't be read. */
export type FetchFile = (url: string) => Promise<Uint8Array | string>;

type Bundled = { parsed: Parsed; notes: Note[] };

const FILES_MAX = 500;
const NOTES_MAX = 200;
/** References that lead nowhere are kept under this name while the rest is bundled. */
const HIDDEN = 'x-unresolved-ref';
const BASE = 'https://files.invalid/';

/** Puts a document and the files that it refers to into one. A reference that leads nowhere stays and is named. */
export async function bundleFiles(
  main: NamedFile,
  files: readonly NamedFile[],
  fetchFile: FetchFile | null,
): Promise<Bundled> {
  const first = parseFile(main);
  if (!first.ok || !isObject(first.value) || !hasExternal(first.value)) return { parsed: first, notes: [] };
  const bundle = new Bundle(files, fetchFile);
  return bundle.run(main, first.value, first.duplicates);
}

export function parseFile(file: NamedFile): Parsed {
  const decoded = decodeText(file.bytes);
  if (!decoded.ok) return { ok: false, problems: [{ place: file.name, reason: decoded.reason }] };
  return parseDocument(decoded.text);
}

class Bundle {
  readonly #given: ReadonlyMap<string, NamedFile>;
  readonly #fetchFile: FetchFile | null;
  readonly #parsed = new Map<string, { value: unknown } | string>();
  readonly #notes: Note[] = [];

  constructor(files: readonly NamedFile[], fetchFile: FetchFile | null) {
    this.#given = new Map(files.map((file) => [urlOf(file.name), file]));
    this.#fetchFile = fetchFile;
  }

  async run(main: NamedFile, value: Json, duplicates: Problem[]): Promise<Bundled> {
    const mainUrl = urlOf(main.name);
    // A copy, because aliases make one object of several, and bundling changes what it reads.
    const root = structuredCopy(value) as Json; // A copy of an object.
    this.#parsed.set(mainUrl, { value: root });
    await this.#loadAll(mainUrl);
    for (const [url, file] of this.#parsed)
      if (typeof file !== 'string') this.#hideBroken(url, file.value, url === mainUrl ? '' : fileName(url));
    nameSchemas(root, mainUrl);
    const parse = (file: { url: string }) => {
      const known = this.#parsed.get(withoutHash(file.url));
      if (!known || typeof known === 'string') throw new Error(`${file.url} is missing`);
      return known.value;
    };
    const always = { order: 1, canRead: true, canParse: true };
    const bundled: unknown = await $RefParser.bundle(mainUrl, root, {
      resolve: { file: false, http: false, given: { ...always, read: () => '' } },
      parse: { json: false, yaml: false, text: false, binary: false, given: { ...always, parse } },
    });
    unhide(bundled);
    return { parsed: { ok: true, value: bundled, duplicates }, notes: this.#notes.slice(0, NOTES_MAX) };
  }

  async #loadAll(mainUrl: string): Promise<void> {
    const queue = [mainUrl];
    for (const url of queue) {
      const file = this.#parsed.get(url);
      if (!file || typeof file === 'string') continue;
      for (const { holder } of references(file.value)) {
        const target = targetOf(url, holder.$ref);
        if (!target || this.#parsed.has(target.file)) continue;
        this.#parsed.set(
          target.file,
          this.#parsed.size > FILES_MAX
            ? `more than ${FILES_MAX} files are referred to`
            : await this.#load(target.file),
        );
        queue.push(target.file);
      }
    }
  }

  async #load(url: string): Promise<{ value: unknown } | string> {
    let file = this.#given.get(url);
    if (!file && this.#fetchFile && !url.startsWith(BASE)) {
      const fetched = await this.#fetchFile(url);
      if (typeof fetched === 'string') return fetched;
      file = { name: url, bytes: fetched };
    }
    if (!file) return 'it isn’t among the imported files';
    const parsed = parseFile(file);
    if (parsed.ok) return { value: structuredCopy(parsed.value) };
    const [problem] = parsed.problems;
    return problem ? `${problem.place}: ${problem.reason.replace(/\.$/, '')}` : 'it can’t be parsed';
  }

  #hideBroken(url: string, value: unknown, file: string): void {
    for (const { holder, place } of references(value)) {
      const ref = holder.$ref;
      const target = targetOf(url, ref);
      const found = target && this.#parsed.get(target.file);
      const reason =
        typeof found === 'string'
          ? found
          : found && lookUp(found.value, target.hash) !== undefined
            ? null
            : 'it doesn’t exist';
      if (reason === null) continue;
      delete (holder as Json).$ref;
      holder[HIDDEN] = ref;
      this.#notes.push({
        topic: 'reference',
        place: file + pointer(...place),
        reason: `"${ref}" is left out: ${reason}.`,
      });
    }
  }
}

type Reference = { holder: Json & { $ref: string }; place: readonly (string | number)[] };

/** Every object with a `$ref`, and where it is. */
function references(root: unknown): Reference[] {
  const found: Reference[] = [];
  const seen = new Set<object>();
  const stack: { value: unknown; place: readonly (string | number)[] }[] = [{ value: root, place: [] }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { value, place } = next;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (!Array.isArray(value) && typeof (value as Json).$ref === 'string')
      found.push({ holder: value as Json & { $ref: string }, place }); // Just checked.
    for (const [key, inner] of Object.entries(value))
      if (typeof inner === 'object' && inner !== null) stack.push({ value: inner, place: [...place, key] });
  }
  return found;
}

function hasExternal(value: unknown): boolean {
  const seen = new Set<object>();
  const stack: unknown[] = [value];
  for (let next = stack.pop(); stack.length > 0 || next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    const { $ref } = next as Json; // An array has none.
    if (typeof $ref === 'string' && !$ref.startsWith('#')) return true;
    for (const inner of Object.values(next))
      if (typeof inner === 'object' && inner !== null) stack.push(inner);
  }
  return false;
}

const SCHEMA_PLACE = /^(schema|schemas|items|properties|additionalProperties|allOf|anyOf|oneOf|not)$/;

/** Gives schemas of other files a name in `components`, which the documentation shows. */
function nameSchemas(root: Json, mainUrl: string): void {
  const named = new Map<string, string>();
  const swagger = 'swagger' in root;
  const components = isObject(root.components) ? root.components : {};
  const schemas: Json = { ...((swagger ? root.definitions : components.schemas) as Json | undefined) };
  for (const { holder, place } of references(root)) {
    const target = targetOf(mainUrl, holder.$ref);
    if (!target || target.file === mainUrl || named.has(target.file + target.hash)) continue;
    if (place[0] === 'components' || place[0] === 'definitions') continue;
    if (!place.slice(-2).some((key) => SCHEMA_PLACE.test(String(key)))) continue;
    const last = target.hash.length > 2 ? target.hash : target.file.replace(/\.[^./]*$/, '');
    const name = last.slice(last.lastIndexOf('/') + 1).replaceAll(/[^\w.-]+/g, '_');
    if (!name || Object.hasOwn(schemas, name)) continue;
    named.set(target.file + target.hash, name);
    schemas[name] = { $ref: holder.$ref };
  }
  if (named.size === 0) return;
  if (swagger) root.definitions = schemas;
  else root.components = { ...components, schemas };
}

function unhide(root: unknown): void {
  const seen = new Set<object>();
  const stack: unknown[] = [root];
  for (let next = stack.pop(); stack.length > 0 || next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (Object.hasOwn(next, HIDDEN)) {
      const holder = next as Json; // An array has no such key.
      holder.$ref = holder[HIDDEN];
      delete holder[HIDDEN];
    }
    for (const inner of Object.values(next))
      if (typeof inner === 'object' && inner !== null) stack.push(inner);
  }
}

const structuredCopy = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

/** Where a file is, as a URL: files of a folder get one that leads nowhere. */
export function urlOf(name: string): string {
  if (/^https?:\/\//i.test(name)) return withoutHash(name);
  return new URL(name.split('/').map(encodeURIComponent).join('/'), BASE).href;
}

const fileName = (url: string): string =>
  url.startsWith(BASE) ? decodeURIComponent(url.slice(BASE.length)) : url;

const withoutHash = (url: string): string => url.replace(/#.*$/s, '');

function targetOf(from: string, ref: string): { file: string; hash: string } | null {
  if (!URL.canParse(ref, from)) return null;
  const url = new URL(ref, from);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  const hash = url.hash === '#' ? '' : url.hash;
  return hash && !hash.startsWith('#/') ? null : { file: withoutHash(url.href), hash: hash || '#' };
}
