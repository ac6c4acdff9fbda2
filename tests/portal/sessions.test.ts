import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeRole } from '#lib/members/change-role.ts';
import { removeMember } from '#lib/members/remove-member.ts';
import { suspendMember } from '#lib/members/suspend-member.ts';
import { anApplication } from '#tests/support/factories.ts';
import { aMembership, aPerson, aTeam, SHARED_PASSWORD } from '#tests/support/people.ts';
import { PortalClient } from '#tests/support/portal-client.ts';
import { type Portals, startPortals } from '#tests/support/portals.ts';
import { settings } from '#tests/support/settings.ts';

/** A copied session loses access together with the original, immediately, on every portal. */

let portals: Portals;

beforeAll(async () => {
  portals = await startPortals(2);
});

afterAll(() => portals?.stop());

async function aSignedInAdmin() {
  const { db, origins } = portals;
  const team = await aTeam(db);
  const owner = await aMembership(db, (await aPerson(db)).user, 'owner', team);
  const person = await aPerson(db);
  const admin = await aMembership(db, person.user, 'admin', team);
  const app = await anApplication(db, team);
  const client = new PortalClient(origins[0]!);
  expect(await client.signIn(person.account)).toBe(true);
  const stolen = origins.map((origin) => client.copy(origin));
  for (const copy of stolen)
    expect(await doors(copy, team.teamSlug, app.publicId)).toEqual([true, true, true, true, true]);
  return { team, owner, admin, app, client, stolen, person };
}

/** Whether two pages, two actions and the session endpoint still accept the session. */
async function doors(client: PortalClient, slug: string, appId: string): Promise<boolean[]> {
  const edit = (title: string) =>
    client.act(
      'app/t/[team]/apps/[app]/actions.ts#editAppAction',
      `/t/${slug}/apps/${appId}`,
      [slug, { status: 'idle' }],
      { appId, title, description: '' },
    );
  return [
    (await client.get(`/t/${slug}`)).status === 200,
    (await client.get(`/t/${slug}/members`)).status === 200,
    (await edit('Storefront')).state === 'done',
    (
      await client.act('app/_account/actions.ts#changeNameAction', '/account', [{ status: 'idle' }], {
        name: 'A Name',
      })
    ).state === 'done',
    (await client.get('/api/auth/session')).text.includes('email'),
  ];
}

const SHUT = [false, false, false, false, false];
/** Suspended from this team, but still signed in. */
const OTHER_TEAMS = [false, false, false, true, true];

test('signing out', async () => {
  const { client, stolen, team, app } = await aSignedInAdmin();
  expect(await client.signOut()).toBe(true);
  for (const copy of stolen) expect(await doors(copy, team.teamSlug, app.publicId)).toEqual(SHUT);
});

test('being suspended closes this team and shows why, and nothing else', async () => {
  const { owner, admin, stolen, team, app } = await aSignedInAdmin();
  expect((await suspendMember({ db: portals.db, member: owner, settings }, admin)).ok).toBe(true);
  for (const copy of stolen) {
    expect(await doors(copy, team.teamSlug, app.publicId)).toEqual(OTHER_TEAMS);
    const page = await copy.get(`/t/${team.teamSlug}/apps`);
    expect(page.location).toContain(`/suspended/${team.teamSlug}`);
    const reason = (await copy.get(`/suspended/${team.teamSlug}`)).text;
    expect(reason).toContain('You’re suspended from');
    expect(reason).toContain(owner.email);
  }
  const stranger = new PortalClient(portals.origins[0]!);
  await stranger.signIn((await aPerson(portals.db)).account);
  expect((await stranger.get(`/suspended/${team.teamSlug}`)).status, 'absent to anyone else').toBe(404);
});

test('being removed closes this team only', async () => {
  const { owner, admin, stolen, team, app } = await aSignedInAdmin();
  const removed = await removeMember(
    { db: portals.db, member: owner, settings },
    { ...admin, applicationKeys: 'keep' },
  );
  expect(removed.ok).toBe(true);
  for (const copy of stolen) expect(await doors(copy, team.teamSlug, app.publicId)).toEqual(OTHER_TEAMS);
});

test('changing the password keeps this session and ends all copies in other browsers', async () => {
  const { client, stolen, team, app, person } = await aSignedInAdmin();
  const elsewhere = new PortalClient(portals.origins[1]!);
  expect(await elsewhere.signIn(person.account)).toBe(true);
  const changed = await client.act(
    'app/_account/actions.ts#changePasswordAction',
    '/account',
    [{ status: 'idle' }],
    { current: SHARED_PASSWORD, password: 'a further canal of ships at dusk' },
  );
  expect(changed.state).toBe('done');
  expect(await doors(elsewhere, team.teamSlug, app.publicId)).toEqual(SHUT);
  expect(await doors(stolen[1]!, team.teamSlug, app.publicId), 'the same session').toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
});

test('a lower role takes effect with the next request', async () => {
  const { owner, admin, stolen, team, app } = await aSignedInAdmin();
  expect(
    (await changeRole({ db: portals.db, member: owner, settings }, { ...admin, role: 'member' })).ok,
  ).toBe(true);
  for (const copy of stolen)
    expect(await doors(copy, team.teamSlug, app.publicId)).toEqual([true, true, false, true, true]);
});

test('clients can’t add fields to the session, and a cookie from before sign-in is replaced', async () => {
  const { client, person, team } = await aSignedInAdmin();
  const before = (await client.get('/api/auth/session')).text;
  await client.post('/api/auth/session', {
    csrfToken: await client.csrfToken(),
    data: { role: 'owner', teamId: team.teamId, sub: 'x', email: 'evil@example.com', sid: 'x' },
  });
  expect(JSON.parse((await client.get('/api/auth/session')).text).user).toEqual(JSON.parse(before).user);
  const old = client.copy();
  expect(await client.signIn(person.account)).toBe(true);
  expect((await old.get(`/t/${team.teamSlug}`)).status, 'the session before').not.toBe(200);
  expect((await client.get(`/t/${team.teamSlug}`)).status).toBe(200);
});
