import { buildRouter, type RoutedApi } from '../lib/catalog/router.ts';
import { atMost, fixed, keep, markdown, type Part, percentile, whole } from './part.ts';

/** Lookups in a catalog of odd templates, with paths that are made to be slow. */
const TEMPLATES = 10_000;
const PATH_BYTES = 8_192;
const LOOKUPS = 2_000;
const WARM_LOOKUPS = 200;

const upstream = { origin: 'https://api.example.com', basePath: '' };
const fill = (unit: string, bytes = PATH_BYTES) =>
  unit.repeat(Math.ceil(bytes / unit.length)).slice(0, bytes);

/** Each shape takes a number and gives a template. */
const SHAPES: Readonly<Record<string, (i: number) => string>> = {
  'one pattern in each of many folders': (i) => `/t${i}/{z}-{x}-{y}.png`,
  'many patterns with the same start': (i) => `/tiles/{z}-{x}-${i}-{y}.png`,
  'many ends': (i) => `/files/{name}.${i}`,
  'many starts': (i) => `/v${i}-{name}`,
  'nested separators': (i) => `/n/{a}${'-'.repeat(1 + (i % 20))}{b}${'.'.repeat(1 + (i % 25))}{c}x${i % 20}`,
  'a tree of alternatives': (i) =>
    `/${[...i.toString(2).padStart(14, '0')].map((bit) => (bit === '1' ? '-' : '{p}')).join('/')}/x`,
  'patterns below patterns': (i) =>
    `/p/{a}-{b}${'-{c}'.repeat(i % 50)}/{x}.{y}${'.{z}'.repeat(Math.floor(i / 50) % 50)}/${i}`,
};

const PATHS: Readonly<Record<string, string>> = {
  'separators in one segment': `/tiles/${fill('-', 8_000)}`,
  'digits and separators': `/tiles/${fill('1-2-', 8_000)}.png`,
  'dots in one segment': `/files/${fill('.', 8_000)}`,
  'nested separators': `/n/${fill('--.', 8_000)}`,
  'starts that lead nowhere': `/${fill('v1-', 8_000)}`,
  'only slashes and separators': fill('/-'),
  'a tree of alternatives': `/${fill('-/', 28)}y`,
  'patterns below patterns': `/p/${fill('-', 4_000)}/${fill('.', 4_000)}/none`,
  'encoded letters': `/tiles/${fill('%2D%61', 8_000)}`,
};

const anApi = (slug: string, paths: readonly string[]): RoutedApi => ({
  id: slug,
  slug,
  upstreams: { production: upstream, staging: upstream, development: upstream },
  upstreamHeader: null,
  policy: null,
  browserAccess: true,
  keys: null,
  redirectHosts: [],
  endpoints: [...new Set(paths)].map((path) => ({
    id: path,
    method: 'GET',
    path,
    productionOnly: false,
  })),
});

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Every shape with as many templates as the target says, and one API that mixes all of them. */
function apis(): RoutedApi[] {
  const shapes = Object.values(SHAPES);
  return [
    ...Object.entries(SHAPES).map(([name, shape]) => anApi(name, numbers(TEMPLATES).map(shape))),
    anApi(
      'all of these mixed',
      numbers(TEMPLATES).map((i) => shapes[i % shapes.length]!(i)),
    ),
  ];
}

/** CPU time of this thread: other processes on the machine don't count. Too coarse for a single lookup. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

type Row = { templates: string; slowestPath: string; cpuMeanMs: number; p50Ms: number; p99Ms: number };

export function runRouting({ results }: { results: string }): Part {
  const rows: Row[] = [];
  for (const api of apis()) {
    const router = buildRouter([api]);
    const figures = Object.entries(PATHS).map(([slowestPath, path]) => {
      const times: number[] = [];
      let cpuBefore = 0;
      for (let i = 0; i < WARM_LOOKUPS + LOOKUPS; i++) {
        if (i === WARM_LOOKUPS) cpuBefore = cpuMs();
        const startedAt = performance.now();
        router.match(api.slug, 'GET', path);
        if (i >= WARM_LOOKUPS) times.push(performance.now() - startedAt);
      }
      const cpuMeanMs = (cpuMs() - cpuBefore) / LOOKUPS;
      return { slowestPath, cpuMeanMs, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) };
    });
    const slowest = figures.reduce((a, b) => (b.p99Ms > a.p99Ms ? b : a));
    rows.push({ templates: api.slug, ...slowest });
    console.log(`routing, ${api.slug}: p99 ${fixed(slowest.p99Ms, 3)} ms (${slowest.slowestPath})`);
  }
  keep(results, 'routing', { templates: TEMPLATES, pathBytes: PATH_BYTES, lookups: LOOKUPS, rows });
  return {
    title: `Route lookups among ${whole(TEMPLATES)} odd templates, with hostile paths of 8 KiB`,
    table: markdown(
      ['templates', 'slowest path', 'mean CPU ms', 'p50 ms', 'p99 ms'],
      rows.map((row) => [
        row.templates,
        row.slowestPath,
        fixed(row.cpuMeanMs, 3),
        fixed(row.p50Ms, 3),
        fixed(row.p99Ms, 3),
      ]),
      ['templates', 'slowest path'],
    ),
    targets: [atMost('p99 of a route lookup at most 1 ms', 1, Math.max(...rows.map((row) => row.p99Ms)))],
  };
}
