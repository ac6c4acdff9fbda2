import { globSync } from 'node:fs';
import type { FullTeam, Things } from '#tests/support/full-team.ts';
import type { PortalClient } from '#tests/support/portal-client.ts';
import type { Actor } from './act.ts';
import { PAGES } from './pages.ts';

/** The URL of a page in the matrix. */
function pathOf(act: (typeof PAGES)[number], full: FullTeam, own: Things, teamSlug: string): string {
  let path = '';
  const asked = { get: (asked: string) => (path = asked) } as unknown as PortalClient; // Used only for its path.
  void act.run(asked, full, own, { ...full, team: { ...full.team, teamSlug } });
  return path;
}

/** Every page and file of a team, with its IDs; under another team's slug, if given. */
export const addressesOf = (full: FullTeam, teamSlug = full.team.teamSlug, as: Actor = 'owner'): string[] =>
  PAGES.map((act) => pathOf(act, full, as === 'member' ? full.own.member : full.own.owner, teamSlug));

/** Pages that contain an ID of the team, under another team's slug. */
export const refusedAddressesOf = (full: FullTeam, teamSlug: string): string[] =>
  PAGES.filter(({ names }) => names).map((act) => pathOf(act, full, full.own.owner, teamSlug));

/** All page and route folders. */
export const routesOfTeams = (): string[] =>
  globSync('app/t/[[]team]/**/{page.tsx,route.ts}').map(
    (file) =>
      `/${file
        .split('/')
        .slice(1, -1)
        .filter((part) => !part.startsWith('('))
        .join('/')}`,
  );

/** Headers and queries that request the same page from Next in another format. */
const VARIANTS: [query: string, headers: Record<string, string>][] = [
  ['', {}],
  ['', { RSC: '1' }],
  ['_rsc=abc', { RSC: '1' }],
  ['', { RSC: '1', 'Next-Router-Prefetch': '1' }],
  ['', { RSC: '1', 'Next-Router-Prefetch': '1', 'Next-Router-Segment-Prefetch': '/_tree' }],
  ['', { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' }],
  ['nxtPteam=x', {}],
  ['', { 'x-nextjs-data': '1' }],
];

/** A URL in every response format. */
export const forms = (path: string) =>
  VARIANTS.map(
    ([query, headers]) =>
      [query ? `${path}${path.includes('?') ? '&' : '?'}${query}` : path, headers] as const,
  );
