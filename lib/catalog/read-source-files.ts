import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { DOCUMENT_BYTES_MAX, fetchDocument } from './fetch-document.ts';
import type { DocumentSource } from './read-source.ts';

const FILES_MAX = 5_000;

export const isUrl = (source: string): boolean => /^https?:\/\//i.test(source);

/** The files of a document that is on this machine or at a URL. Returns the reason if they can't be read. */
export async function readSourceFiles(
  source: string,
  options: { allowPrivate: boolean },
): Promise<DocumentSource | string> {
  if (isUrl(source)) {
    const bytes = await fetchDocument(source, options);
    if (typeof bytes === 'string') return bytes;
    return { files: [{ name: source, bytes }], fetchFile: (url) => fetchDocument(url, options) };
  }
  try {
    const isFolder = statSync(source).isDirectory();
    if (isFolder) return { files: filesIn(source) };
    const main = { name: basename(source), bytes: readFileSync(source) };
    if (!/\$ref['"]?\s*:\s*['"]?[^#'"\s]/.test(main.bytes.toString('latin1'))) return { files: [main] };

    const folder = dirname(source);
    const files = filesIn(folder).filter(({ name }) => name !== main.name);
    return { files: [main, ...files], main: main.name };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function filesIn(folder: string) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(?:json|ya?ml)$/i.test(name) && !/(?:^|[/\\])(?:node_modules|\.[^/\\]+)[/\\]/.test(name),
  );
  let left = DOCUMENT_BYTES_MAX;
  return names.slice(0, FILES_MAX).flatMap((name) => {
    const path = join(folder, name);
    const { size } = statSync(path);
    left -= size;
    return left < 0 ? [] : [{ name: relative(folder, path).split(sep).join('/'), bytes: readFileSync(path) }];
  });
}
