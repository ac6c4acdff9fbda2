import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type Db } from '../db/client.ts';
import { startEmbedded } from '../db/embedded.ts';
import { migrate } from '../db/migrate.ts';
import { listRequests } from '../lib/request-log/list-requests.ts';
import type { LogFilter } from '../lib/request-log/log-filter.ts';
import { seededId } from './ingest-lines.ts';
import { openUsagePage, ownerOf } from './open-pages.ts';
import { atMost, fixed, keep, markdown, type Part, percentile, whole } from './part.ts';
import { ENDPOINTS, KEYS_PER_TEAM, MEMBERS_PER_TEAM, seedUsage, type UsageSeed } from './seed-usage.ts';

/**
 * Server time of the usage page and the request log: their own read verbs, one page at a time, for a team with much
 * usage, a median one and a small one.
 */
const TEAMS = 1_000;
const DAYS = 30;
const USAGE_MS = 150;
const LOG_MS = 200;

type Team = { name: string; number: number };
const THREE_TEAMS: readonly Team[] = [
  { name: 'largest', number: 0 },
  { name: 'median', number: TEAMS / 2 },
  { name: 'smallest', number: TEAMS - 2 }, // The very last team has no usage.
];

type Context = { db: Db; team: number; now: Date };
type Case = { page: 'usage' | 'log'; what: string; open: (context: Context) => Promise<unknown> };
type Sample = { page: Case['page']; what: string; team: string; p50Ms: number; p95Ms: number };

const any = (count: number) => Math.floor(Math.random() * count);
const text = (name: string) => seededId(name).replaceAll('-', '').slice(0, 16);
const ownerOfTeam = (team: number) => ownerOf(seededId(`team${team}`));

const usage = (what: string, scopeOf: (team: number) => object, query: object): Case => ({
  page: 'usage',
  what,
  open: ({ db, team, now }) => openUsagePage(db, ownerOfTeam(team), scopeOf(team), query, now),
});
const log = (what: string, filterOf: (team: number) => Partial<LogFilter>): Case => ({
  page: 'log',
  what,
  open: ({ db, team, now }) =>
    listRequests({ db, member: ownerOfTeam(team) }, filterOf(team), { nowMs: now.getTime() }),
});

const CASES: readonly Case[] = [
  ...(['24h', '7d', '30d', '90d', '12mo'] as const).map((range) => usage(range, () => ({}), { range })),
  usage('30d of a key', (team) => ({ key: text(`key${team}.${any(KEYS_PER_TEAM)}`) }), { range: '30d' }),
  usage('30d of an endpoint', () => ({ endpoint: seededId(`endpoint${any(ENDPOINTS)}`) }), { range: '30d' }),
  usage('7d by the hour', () => ({}), { range: '7d', grain: 'hour' }),
  log('no filter', () => ({})),
  log('key', (team) => ({ key: text(`key${team}.${any(KEYS_PER_TEAM)}`) })),
  log('app', (team) => ({ app: `app_${text(`app${team}.${any(3)}`)}` })),
  log('member', (team) => ({ member: seededId(`member${team}.${1 + any(MEMBERS_PER_TEAM - 1)}`) })),
  log('endpoint', () => ({ endpoint: seededId(`endpoint${any(ENDPOINTS)}`) })),
  log('endpoint never called', () => ({ endpoint: crypto.randomUUID() })),
  log('method', () => ({ method: (['GET', 'POST', 'PUT', 'DELETE'] as const)[any(4)] })),
  log('method never used', () => ({ method: 'PATCH' })),
  log('status', () => ({ status: ['200', '403', '404', '429', '500', '502'][any(6)] })),
  log('class of status', () => ({ status: (['2xx', '4xx', '5xx', 'refused', 'failed'] as const)[any(5)] })),
  log('status never given', () => ({ status: '418' })),
  log('reason', () => ({ reason: ['quota_exceeded', 'ip_not_allowed', 'upstream_unreachable'][any(3)] })),
  log('outcome', () => ({
    outcome: (['answered', 'aborted', 'refused', 'unknown', 'open'] as const)[any(5)],
  })),
  log('address', (team) => ({ ip: addressOf(team) })),
  log('address never seen', () => ({ ip: '198.51.100.7' })),
  log('network', (team) => ({ ip: addressOf(team).replace(/\d+$/, '0/24') })),
  log('environment', () => ({ environment: (['production', 'development'] as const)[any(2)] })),
  log('tester', () => ({ via: 'tester' })),
  log('path', () => ({ path: `/things/${any(ENDPOINTS)}` })),
  log('path never called', () => ({ path: '/nowhere' })),
  log('a day', () => {
    const day = new Date(Date.now() - (1 + any(DAYS - 1)) * 86_400_000).toISOString().slice(0, 10);
    return { from: day, to: day };
  }),
];

/** An address that one of a team's keys uses, as `seedUsage` generates them. */
function addressOf(team: number): string {
  const key = team * KEYS_PER_TEAM + any(KEYS_PER_TEAM);
  return `10.${key % 250}.${Math.floor(key / 250) % 250}.${1 + any(7)}`;
}

export type PagesOptions = {
  rows: number;
  /** Pages per kind and team. */
  visits: number;
  /** Where seeded databases are kept for the next run. */
  folder: string;
  results: string;
};

export async function runUsagePages({ rows, visits, folder, results }: PagesOptions): Promise<Part> {
  const { dataDir, now } = await seeded(folder, { teams: TEAMS, rows, days: DAYS });
  const embedded = await startEmbedded(dataDir);
  const samples: Sample[] = [];
  try {
    await migrate(embedded.url);
    const { db, sql } = connect(embedded.url, { max: 5 });
    for (const { page, what, open } of CASES) {
      for (const team of THREE_TEAMS) {
        await open({ db, team: team.number, now }); // Warms query plans and the database cache.
        const times: number[] = [];
        for (let visit = 0; visit < visits; visit++) {
          const began = performance.now();
          await open({ db, team: team.number, now });
          times.push(performance.now() - began);
        }
        samples.push({
          ...{ page, what, team: team.name },
          ...{ p50Ms: percentile(times, 0.5), p95Ms: percentile(times, 0.95) },
        });
      }
      console.log(`${page}, ${what}: ${cells(samples, page, what).join(', ')} ms`);
    }
    await sql.end();
  } finally {
    await embedded.stop();
  }
  keep(results, 'usage-pages', { rows, visits, samples });
  const worst = (page: Case['page']) =>
    Math.max(...samples.filter((sample) => sample.page === page).map(({ p95Ms }) => p95Ms));
  return {
    title: `Usage page and request log over ${whole(rows)} rows of ${DAYS} days and ${whole(TEAMS)} teams: p50 / p95 on the server in ms`,
    table: markdown(
      ['page', 'what', ...THREE_TEAMS.map(({ name }) => `${name} team`)],
      CASES.map(({ page, what }) => [page, what, ...cells(samples, page, what)]),
      ['page', 'what'],
    ),
    targets: [
      atMost(
        `usage page, p95 in ms of the slowest kind and team, at most ${USAGE_MS}`,
        USAGE_MS,
        worst('usage'),
      ),
      atMost(`request log with any one filter, p95 in ms, at most ${LOG_MS}`, LOG_MS, worst('log')),
    ],
  };
}

const cells = (samples: readonly Sample[], page: string, what: string) =>
  samples
    .filter((sample) => sample.page === page && sample.what === what)
    .map(({ p50Ms, p95Ms }) => `${fixed(p50Ms, 0)} / ${fixed(p95Ms, 0)}`);

/** A folder with a database of this much usage, and its time; seeded now if it doesn't exist. */
async function seeded(folder: string, wanted: UsageSeed): Promise<{ dataDir: string; now: Date }> {
  const dataDir = join(folder, `${wanted.rows}-${wanted.teams}-${wanted.days}`);
  const mark = join(dataDir, 'seeded.json');
  if (existsSync(mark)) {
    const { at } = JSON.parse(readFileSync(mark, 'utf8')) as { at: string }; // Written below.
    return { dataDir, now: new Date(at) };
  }
  console.log(`Seeding ${whole(wanted.rows)} requests into ${dataDir} …`);
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  const began = performance.now();
  const now = new Date();
  // Disposable data: if the machine stops, it is generated again.
  const loading = ['fsync=off', 'full_page_writes=off', 'wal_level=minimal', 'max_wal_senders=0'];
  const embedded = await startEmbedded(dataDir, [...loading, 'autovacuum=off', 'maintenance_work_mem=512MB']);
  try {
    await seedUsage(embedded.url, wanted, console.log);
  } finally {
    await embedded.stop();
  }
  writeFileSync(mark, JSON.stringify({ at: now, seconds: (performance.now() - began) / 1_000, ...wanted }));
  return { dataDir, now };
}
