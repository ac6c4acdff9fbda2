import { parseArgs } from 'node:util';
import type { Problem } from '#lib/catalog/document-types.ts';
import { type ImportInput, type ImportReport, importDocument } from '#lib/catalog/import-document.ts';
import { listApis } from '#lib/catalog/list-apis.ts';
import { TOPICS } from '#lib/catalog/note-topics.ts';
import { type Caller, type ImportPreview, previewImport } from '#lib/catalog/preview-import.ts';
import { isUrl, readSourceFiles } from '#lib/catalog/read-source-files.ts';
import { removeApi } from '#lib/catalog/remove-api.ts';
import { env } from '#lib/env.ts';
import { formatCount } from '#lib/format.ts';
import { main } from './supervise.ts';
import { withDatabase } from './with-database.ts';

const USAGE = `Usage:
  npm run catalog -- import SOURCE --upstream URL [--upstream-dev URL] [--upstream-staging URL] [--slug NAME]
                     [--main FILE]              the file to start with, if SOURCE has several documents
                     [--dry-run]                shows what would change, and who calls what would be removed
                     [--upstream-header NAME]   the header's value is read from CATALOG_UPSTREAM_HEADER_VALUE
                     SOURCE is a file, a folder, a .zip or a URL
  npm run catalog -- list
  npm run catalog -- remove SLUG`;

const SHOWN = 20;

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

function listed(label: string, names: readonly string[]): void {
  if (names.length === 0) return;
  console.log(`${label}: ${names.length}`);
  for (const name of names.slice(0, SHOWN)) console.log(`  ${name}`);
  if (names.length > SHOWN) console.log(`  … and ${names.length - SHOWN} more`);
}

/** What was left out, by reason, and what doesn't take effect, by topic. */
function listNotes({ skipped, notes }: Pick<ImportReport, 'skipped' | 'notes'>): void {
  for (const [reason, list] of Map.groupBy(skipped, (one) => one.reason))
    listed(
      `Left out (${reason})`,
      list.map(({ name }) => name),
    );
  for (const [topic, list] of Map.groupBy(notes, (note) => note.topic))
    listed(
      TOPICS[topic],
      list.map(({ place, reason }) => `${place}: ${reason}`),
    );
}

async function runImport(source: string, options: Record<string, string | undefined>, isDryRun: boolean) {
  if (!options.upstream) fail(`Set --upstream to the base URL of the API.\n\n${USAGE}`);
  const headerName = options['upstream-header'];
  const headerValue = process.env.CATALOG_UPSTREAM_HEADER_VALUE;
  if (headerName && !headerValue)
    fail(
      "Set CATALOG_UPSTREAM_HEADER_VALUE to the header's value. An argument would be visible in the process list.",
    );
  const started = performance.now();
  const { LATCHKEY_ENCRYPTION_KEY, ALLOW_PRIVATE_UPSTREAMS } = env();
  const document = await readSourceFiles(source, { allowPrivate: ALLOW_PRIVATE_UPSTREAMS });
  if (typeof document === 'string') fail(`${source} can't be read: ${document}`);
  const input: ImportInput = {
    source: { ...document, main: options.main, checked: true },
    upstream: options.upstream,
    ...(isUrl(source) ? { documentUrl: source } : {}),
    ...(options.slug ? { slug: options.slug } : {}),
    ...(options['upstream-dev'] ? { upstreamDevelopment: options['upstream-dev'] } : {}),
    ...(options['upstream-staging'] ? { upstreamStaging: options['upstream-staging'] } : {}),
    ...(headerName && headerValue ? { upstreamHeader: { name: headerName, value: headerValue } } : {}),
  };
  const context = {
    operator: 'operator' as const,
    encryptionKey: LATCHKEY_ENCRYPTION_KEY,
    allowPrivateUpstreams: ALLOW_PRIVATE_UPSTREAMS,
  };
  if (isDryRun) {
    const previewed = await withDatabase('read', (db) => previewImport({ db, ...context }, input));
    if (!previewed.ok) return failWith(source, previewed.problems);
    return listPreview(previewed.preview);
  }
  const imported = await withDatabase('write', (db) => importDocument({ db, ...context }, input));
  if (!imported.ok) return failWith(source, imported.problems);
  const { report } = imported;
  console.log(
    `${report.created ? 'Imported' : 'Updated'} ${report.title} as /${report.slug} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  listed('Added', report.added);
  listed('Changed', report.changed);
  listed('Removed', report.removed);
  console.log(`Unchanged: ${report.unchanged}`);
  listNotes(report);
}

function failWith(source: string, problems: readonly Problem[]): never {
  for (const { place, reason } of problems.slice(0, SHOWN)) console.error(`${source} ${place}: ${reason}`);
  fail('Nothing was changed.');
}

function listPreview(preview: ImportPreview): void {
  console.log(`${preview.exists ? 'Would update' : 'Would import'} ${preview.title} as /${preview.slug}`);
  listed('Added', preview.added);
  listed(
    'Changed',
    preview.changed.map(({ name, breaking }) =>
      breaking.length > 0 ? `${name}: breaking. ${breaking.join('. ')}` : name,
    ),
  );
  listed(
    'Removed',
    preview.removed.map(
      ({ name, callers }) => `${name}${callers.length > 0 ? `: ${callersText(callers)}` : ''}`,
    ),
  );
  console.log(`Unchanged: ${preview.unchanged}`);
  listNotes(preview);
  console.log('Nothing was changed.');
}

const callersText = (callers: readonly Caller[]): string =>
  callers
    .map(({ team, app, requests }) => `${app} (${team}), ${formatCount(requests, 'request')} in 30 days`)
    .join('; ');

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean' },
      upstream: { type: 'string' },
      'upstream-dev': { type: 'string' },
      'upstream-staging': { type: 'string' },
      slug: { type: 'string' },
      main: { type: 'string' },
      'upstream-header': { type: 'string' },
    },
  });
  const [command, subject] = positionals;

  if (command === 'import' && subject) {
    const { 'dry-run': isDryRun = false, ...options } = values;
    await runImport(subject, options, isDryRun);
  } else if (command === 'list') {
    const apis = await withDatabase('read', (db) => listApis({ db, operator: 'operator' }));
    if (apis.length === 0) console.log('The catalog is empty.');
    for (const api of apis)
      console.log(
        `/${api.slug}  ${api.title} ${api.version}  ${api.endpoints} endpoints, ${api.applications} apps  ${api.upstreamUrl}`,
      );
  } else if (command === 'remove' && subject) {
    const removed = await withDatabase('write', (db) =>
      removeApi({ db, operator: 'operator' }, { slug: subject }),
    );
    if (!removed.ok) fail(`There is no API /${subject}. See npm run catalog -- list.`);
    console.log(
      `Removed /${subject}. Confirmed on ${removed.receipt.confirmed} of ${removed.receipt.gateways} gateways.`,
    );
  } else fail(USAGE);
});
