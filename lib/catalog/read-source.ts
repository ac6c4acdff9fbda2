import { bundleFiles, type FetchFile, parseFile } from './bundle-files.ts';
import { checkSchema } from './check-schema.ts';
import type { Note } from './document-types.ts';
import { isObject } from './json-value.ts';
import { type Read, readParsed } from './read-document.ts';
import { isZip, type NamedFile, readZip } from './read-zip.ts';

export type DocumentSource = {
  /** One file, one ZIP archive, or the files of a folder. */
  files: readonly NamedFile[];
  /** The name of the file to start with. Found by its content if absent. */
  main?: string | undefined;
  /** Reads further files by URL. Only for documents that came from a URL. */
  fetchFile?: FetchFile;
  /** Whether to check the document against the JSON schema of its version, which takes a second. */
  checked?: boolean;
};

/** Reads a document from its files. */
export async function readSource(source: DocumentSource): Promise<Read> {
  const files = unpacked(source.files);
  if (typeof files === 'string') return { ok: false, problems: [{ place: '#', reason: files }] };
  const main = findMain(files, source.main);
  if (typeof main === 'string') return { ok: false, problems: [{ place: 'main', reason: main }] };
  const { parsed, notes } = await bundleFiles(main, files, source.fetchFile ?? null);
  if (!parsed.ok) return parsed;
  const schemaNotes = source.checked && isObject(parsed.value) ? await checkSchema(parsed.value) : [];
  const read = readParsed(parsed, notes);
  return read.ok ? { ...read, notes: distinct([...read.notes, ...schemaNotes], read.skipped) } : read;
}

function unpacked(files: readonly NamedFile[]): NamedFile[] | string {
  const [first] = files;
  if (files.length !== 1 || !first || !isZip(first.bytes)) return [...files];
  const inside = readZip(first.bytes);
  return typeof inside !== 'string' && inside.length === 0
    ? 'The ZIP file contains no JSON or YAML files.'
    : inside;
}

const USUAL = /(?:^|\/)(?:openapi|swagger|index|main|root|api|spec)\.(?:ya?ml|json)$/i;

function findMain(files: readonly NamedFile[], wanted: string | undefined): NamedFile | string {
  if (wanted) return files.find(({ name }) => name === wanted) ?? `There is no file "${wanted}".`;
  if (files.length === 1) return files[0]!;
  const documents = files.filter(isDocument);
  if (documents.length === 0) return 'None of the files is an OpenAPI document.';
  const depth = ({ name }: NamedFile) => name.split('/').length;
  const least = Math.min(...documents.map(depth));
  const top = documents.filter((file) => depth(file) === least);
  const usual = top.filter(({ name }) => USUAL.test(name));
  const [only] = top.length === 1 ? top : usual;
  if (only && (top.length === 1 || usual.length === 1)) return only;
  const names = top.slice(0, 10).map(({ name }) => name);
  return `Several files are OpenAPI documents: ${names.join(', ')}. Choose the main file.`;
}

/** Only files that look like one are parsed. */
function isDocument(file: NamedFile): boolean {
  const head = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength).toString(
    'latin1',
  );
  if (!/(?:openapi|swagger)\0?["']?\0?\s*\0?:/.test(head)) return false;
  const parsed = parseFile(file);
  return parsed.ok && isObject(parsed.value) && ('openapi' in parsed.value || 'swagger' in parsed.value);
}

/** Without those that say again what is said of the same place. */
function distinct(notes: readonly Note[], skipped: readonly { place: string }[]): Note[] {
  const seen = new Set(skipped.map(({ place }) => `reference ${place}`));
  return notes.filter(({ topic, place, reason }) => {
    const key = topic === 'reference' ? `${topic} ${place}` : `${topic} ${place} ${reason}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
