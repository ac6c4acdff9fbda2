import type { Db } from '#db/client.ts';
import type { Action } from '#lib/access/permissions.ts';
import type { FullTeam, Things } from '#tests/support/full-team.ts';
import type { ActionAnswer, PortalClient } from '#tests/support/portal-client.ts';

/** Actors without permission come first, because they leave the team unchanged. */
export const ACTORS = [
  'anonymous',
  'pending',
  'suspended',
  'outsider',
  'operator',
  'member',
  'admin',
  'owner',
] as const;
export type Actor = (typeof ACTORS)[number];

export type Answer =
  | ActionAnswer
  | { status: number; headers: Headers; location: string | null; text: string };

/**
 * Something that can be done over HTTP. `door` is the team whose page sends the request, usually the team it acts on.
 * `own` holds what belongs to the actor.
 */
export type Act = {
  name: string;
  /** `operator`: the one right outside the table. `nobody`: denied for every role. */
  needs: Action | 'operator' | 'nobody';
  /** The server action, as `file#export`; absent for a page. */
  action?: string;
  /** The route's folder, if the act isn't a page. */
  route?: string;
  /** It takes an ID that another team can have. `nothing`: an unknown ID is no error and has no effect. */
  names?: 'refused' | 'nothing';
  /** Set-up that the full team doesn't include. */
  prepare?: (db: Db, full: FullTeam) => Promise<unknown>;
  run: (client: PortalClient, full: FullTeam, own: Things, door: FullTeam) => Promise<Answer>;
};

type Where = (door: FullTeam) => string;
type Fields = (full: FullTeam, own: Things) => Record<string, string>;
type More = Pick<Act, 'names' | 'prepare'>;

/** A form action of a team page. */
export const action = (
  name: string,
  needs: Action,
  call: string,
  page: Where,
  fields: Fields,
  more: More = {},
): Act => ({
  ...{ name, needs, action: call, ...more },
  run: (client, full, own, door) =>
    client.act(
      call,
      `/t/${door.team.teamSlug}${page(door)}`,
      [door.team.teamSlug, { status: 'idle' }],
      fields(full, own),
    ),
});

/** The same act for the team's things, which needs the permission, and for your own, which needs its `.own` permission. */
export const both = (
  name: string,
  needs: Action,
  needsOwn: Action,
  call: string,
  page: Where,
  fields: (things: Things) => Record<string, string>,
): Act[] => [
  action(`${name} of the team`, needs, call, page, (full) => fields(full), { names: 'refused' }),
  action(`${name} of your own`, needsOwn, call, page, (_, own) => fields(own)),
  action(`${name} of another member`, needs, call, page, (full) => fields(full.own.other)),
];

/** A server action with plain arguments. It returns a value, empty if nothing is found. */
export const question = (
  name: string,
  needs: Action,
  call: string,
  page: Where,
  args: (full: FullTeam, own: Things) => unknown[],
): Act => ({
  ...{ name, needs, action: call, names: 'refused' },
  run: async (client, full, own, door) => {
    const { teamSlug } = door.team;
    const response = await client.call(call, `/t/${teamSlug}${page(door)}`, [teamSlug, ...args(full, own)]);
    const isEmpty = response.value === null || (Array.isArray(response.value) && response.value.length === 0);
    return { ...response, state: response.value === undefined ? null : isEmpty ? 'refused' : 'done' };
  },
});

/** A page or file of a team. */
export const page = (
  name: string,
  needs: Action,
  path: (full: FullTeam, own: Things) => string,
  names?: 'refused',
): Act => ({
  ...{ name, needs, ...(names ? { names } : {}) },
  run: (client, full, own, door) => client.get(`/t/${door.team.teamSlug}${path(full, own)}`),
});

/** A form action of an operator page. */
export const operate = (
  name: string,
  call: string,
  path: (full: FullTeam) => string,
  fields: (full: FullTeam) => Record<string, string>,
  prepare?: Act['prepare'],
): Act => ({
  ...{ name, needs: 'operator', action: call, ...(prepare ? { prepare } : {}) },
  run: (client, full) => client.act(call, path(full), [{ status: 'idle' }], fields(full)),
});

export const operatorPage = (path: (full: FullTeam) => string): Act => ({
  name: `view ${path.toString().replace(/^.*?=>\s*/, '')}`,
  needs: 'operator',
  run: (client, full) => client.get(path(full)),
});
