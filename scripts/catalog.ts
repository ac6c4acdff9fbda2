import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type ImportReport, importDocument } from '#lib/catalog/import-document.ts';
import { listApis } from '#lib/catalog/list-apis.ts';
import { TOPICS } from '#lib/catalog/note-topics.ts';
import { removeApi } from '#lib/catalog/remove-api.ts';
import { env } from '#lib/env.ts';
import { main } from './supervise.ts';
import { withDatabase } from './with-database.ts';

const USAGE = `Usage:
  npm run catalog -- import FILE --upstream URL [--upstream-dev URL] [--upstream-staging URL] [--slug NAME]
                     [--upstream-header NAME]   the header's value is read from CATALOG_UPSTREAM_HEADER_VALUE
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

async function runImport(file: string, options: Record<string, string | undefined>): Promise<void> {
  if (!options.upstream) fail(`Set --upstream to the base URL of the API.\n\n${USAGE}`);
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    fail(`${file} can't be read: ${error instanceof Error ? error.message : error}`);
  }
  const headerName = options['upstream-header'];
  const headerValue = process.env.CATALOG_UPSTREAM_HEADER_VALUE;
  if (headerName && !headerValue)
    fail(
      "Set CATALOG_UPSTREAM_HEADER_VALUE to the header's value. An argument would be visible in the process list.",
    );
  const started = performance.now();
  const { LATCHKEY_ENCRYPTION_KEY, ALLOW_PRIVATE_UPSTREAMS } = env();
  const imported = await withDatabase('write', (db) =>
    importDocument(
      {
        db,
        operator: 'operator',
        encryptionKey: LATCHKEY_ENCRYPTION_KEY,
        allowPrivateUpstreams: ALLOW_PRIVATE_UPSTREAMS,
      },
      {
        source,
        upstream: options.upstream!,
        ...(options.slug ? { slug: options.slug } : {}),
        ...(options['upstream-dev'] ? { upstreamDevelopment: options['upstream-dev'] } : {}),
        ...(options['upstream-staging'] ? { upstreamStaging: options['upstream-staging'] } : {}),
        ...(headerName && headerValue ? { upstreamHeader: { name: headerName, value: headerValue } } : {}),
      },
    ),
  );
  if (!imported.ok) {
    for (const { place, reason } of imported.problems.slice(0, SHOWN))
      console.error(`${file} ${place}: ${reason}`);
    fail('Nothing was changed.');
  }
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

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries(
      ['upstream', 'upstream-dev', 'upstream-staging', 'slug', 'upstream-header'].map((name) => [
        name,
        { type: 'string' as const },
      ]),
    ),
  });
  const [command, subject] = positionals;

  if (command === 'import' && subject) await runImport(subject, values as Record<string, string | undefined>);
  else if (command === 'list') {
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
