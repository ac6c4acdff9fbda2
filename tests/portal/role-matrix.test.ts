import { isDeepStrictEqual } from 'node:util';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { users } from '#db/schema/accounts.ts';
import { invitations, teams } from '#db/schema/teams.ts';
import { PERMISSIONS } from '#lib/access/permissions.ts';
import { suspendMember } from '#lib/members/suspend-member.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { aFullTeam, type FullTeam, type Part, secretsOf } from '#tests/support/full-team.ts';
import { aPerson, SHARED_PASSWORD } from '#tests/support/people.ts';
import { actionIds, PortalClient } from '#tests/support/portal-client.ts';
import { type Portals, startPortals } from '#tests/support/portals.ts';
import { settings } from '#tests/support/settings.ts';
import { teamState } from '#tests/support/table-state.ts';
import { ACTORS, type Act, type Actor, type Answer } from './acts/act.ts';
import { ACTS } from './acts/acts.ts';

/**
 * Who can do what, tested with real requests to pages and server actions. The permissions table defines what owners,
 * admins and members can do. Nobody else can do anything in a team, and attempts change nothing. Operators manage
 * the installation and have no access to teams.
 */

type Verdict = 'allowed' | 'denied' | 'absent' | 'suspended' | 'signed out';

const PLAYED = ['suspended', 'member', 'admin', 'owner'] as const;
const PERSONS = [...PLAYED, 'pending', 'outsider', 'operator'] as const;

let portals: Portals;
let endpointId: string;
const people = {} as Record<(typeof PERSONS)[number], Awaited<ReturnType<typeof aPerson>>>;
const clients = {} as Record<Actor, PortalClient>;

beforeAll(async () => {
  portals = await startPortals(1, { ALLOW_PRIVATE_UPSTREAMS: '1' });
  const { db, origins } = portals;
  for (const name of PERSONS)
    people[name] = await aPerson(db, { name: `The ${name}`, isOperator: name === 'operator' });
  for (const actor of ACTORS) {
    clients[actor] = new PortalClient(origins[0]!);
    if (actor !== 'anonymous') expect(await clients[actor].signIn(people[actor].account)).toBe(true);
  }
  const api = await anApi(db, ['GET /ok'], { slug: 'stub', upstreamUrl: 'http://127.0.0.1:1' });
  endpointId = api.endpointIds[0]!;
});

afterAll(() => portals?.stop());

async function aTeamOfActors(): Promise<FullTeam> {
  const { db } = portals;
  const cast = Object.fromEntries(
    PLAYED.map((part): [Part, typeof people.owner.user] => [part, people[part].user]),
  );
  const full = await aFullTeam(db, { word: 'Theirs', endpointId, cast });
  await db
    .update(invitations)
    .set({ email: people.pending.user.email })
    .where(eq(invitations.id, full.invitation.id));
  return full;
}

function verdict(response: Answer): Verdict {
  if (response.status === 401 || response.location?.includes('/sign-in')) return 'signed out';
  // An action does not redirect: the form would be lost.
  if ('state' in response && response.text.includes('Your session expired.')) return 'signed out';
  if (response.location?.includes('/suspended/')) return 'suspended';
  if ('state' in response && response.state === 'invalid')
    throw new Error(`the case itself is wrong: ${response.text.slice(-400)}`);
  if ('state' in response && response.state === 'done') return 'allowed';
  if (response.status === 404) return 'absent';
  if (response.status === 403) return 'denied';
  if ('state' in response) return response.state === null && response.location ? 'allowed' : 'denied';
  // A page that other roles can see explains who can see it.
  if (/Owners and admins create |Only owners and admins can (read|review) /.test(response.text))
    return 'denied';
  return response.status === 200 ? 'allowed' : 'denied';
}

function expected(actor: Actor, { needs, route }: Pick<Act, 'needs' | 'route'>): Verdict[] {
  if (actor === 'anonymous') return ['signed out'];
  if (needs === 'operator') return actor === 'operator' ? ['allowed'] : ['absent'];
  // Routes, such as downloads and streams, have no page to redirect to.
  if (actor === 'suspended') return [route ? 'absent' : 'suspended'];
  if (actor === 'outsider' || actor === 'pending' || actor === 'operator') return ['absent'];
  if (needs !== 'nobody' && PERMISSIONS[needs].some((role) => role === actor)) return ['allowed'];
  return ['denied', 'absent'];
}

const partOf = (actor: Actor) => PLAYED.find((part) => part === actor) ?? 'member';

describe.each(ACTS.map((act) => ({ ...act })))('$name', ({ needs, run, prepare, action, route }) => {
  let full: FullTeam | null = null;

  test.each(ACTORS)('as %s', async (actor) => {
    const { db, sql } = portals;
    if (!full) {
      full = await aTeamOfActors();
      await prepare?.(db, full);
    }
    const { team, owner, suspended } = full;
    if (actor === 'suspended') {
      await suspendMember({ db, member: owner, settings }, { memberId: suspended.memberId });
    }
    // Denied attempts are in the audit log.
    const state = () => teamState(sql, team.teamId, ['audit_events']);
    const before = await state();
    const response = await run(clients[actor], full, full.own[partOf(actor)], full);
    const came = verdict(response);
    expect(expected(actor, { needs, ...(route && { route }) }), response.text.slice(0, 300)).toContain(came);
    for (const secret of secretsOf(full)) expect(response.text).not.toContain(secret);
    if (came !== 'allowed') {
      const after = await state();
      if (!isDeepStrictEqual(after, before)) {
        // A job of the portal can have written at the same moment, but not both times.
        await run(clients[actor], full, full.own[partOf(actor)], full);
        expect(await state(), 'nothing has changed').toEqual(after);
      }
      expect(response.text, 'no word of the team').not.toMatch(/Theirs (guest|spare|own other)/);
      return;
    }
    if (!action) return;
    // The act succeeded, so the next actor gets a new team. Acts on members end their sessions.
    full = null;
    for (const name of ['member', 'admin', 'owner'] as const)
      if (!(await isSignedIn(clients[name]))) await clients[name].signIn(people[name].account);
  });
});

async function isSignedIn(client: PortalClient): Promise<boolean> {
  return (await client.get('/api/auth/session')).text.includes('email');
}

test('every server action of a team or an operator is in the matrix', () => {
  const known = new Set(ACTS.map(({ action }) => action));
  const inTeams = [...actionIds().keys()].filter((action) => /^app\/(t|operator)\//.test(action));
  expect(inTeams.filter((action) => !known.has(action))).toEqual([]);
});

test('no role can create or restore an app beyond the plan’s limit', async () => {
  const full = await aTeamOfActors();
  const { db } = portals;
  await db.update(teams).set({ applicationsMax: 0 }).where(eq(teams.id, full.team.teamId));
  const before = await teamState(portals.sql, full.team.teamId, ['audit_events']);
  for (const actor of ['member', 'admin', 'owner'] as const)
    for (const act of ACTS.filter(({ name }) => name === 'create an app' || name === 'restore an app'))
      expect(verdict(await act.run(clients[actor], full, full.own[actor], full)), actor).toBe('denied');
  expect(await teamState(portals.sql, full.team.teamId, ['audit_events'])).toEqual(before);
});

test('no role can invite or activate beyond the plan’s member limit', async () => {
  const full = await aTeamOfActors();
  const { db } = portals;
  await db.update(teams).set({ membersMax: 1 }).where(eq(teams.id, full.team.teamId));
  const before = await teamState(portals.sql, full.team.teamId, ['audit_events']);
  for (const actor of ['member', 'admin', 'owner'] as const)
    for (const act of ACTS.filter(({ name }) => name === 'invite a member' || name === 'activate a member'))
      expect(verdict(await act.run(clients[actor], full, full.own[actor], full)), actor).toBe('denied');
  expect(await teamState(portals.sql, full.team.teamId, ['audit_events'])).toEqual(before);
});

test('a removed operator loses access with the next request', async () => {
  const { db } = portals;
  const person = await aPerson(db, { isOperator: true });
  const client = new PortalClient(portals.origins[0]!);
  await client.signIn(person.account);
  expect((await client.get('/operator/plans')).status).toBe(200);
  await db.update(users).set({ isOperator: false }).where(eq(users.id, person.user.userId));
  expect((await client.get('/operator/plans')).status).toBe(404);
});

test('everyone can change their own password', async () => {
  for (const actor of ['member', 'outsider'] as const) {
    const client = clients[actor];
    if (!(await isSignedIn(client))) await client.signIn(people[actor].account);
    const password = `a further canal of ${crypto.randomUUID()}`;
    const changed = await client.act(
      'app/_account/actions.ts#changePasswordAction',
      '/account',
      [{ status: 'idle' }],
      { current: SHARED_PASSWORD, password },
    );
    expect(changed.state).toBe('done');
  }
});
