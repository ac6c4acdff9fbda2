import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { type Action, PERMISSIONS, type Role } from '#lib/access/permissions.ts';
import { suspendMember } from '#lib/members/suspend-member.ts';
import { aCredential, anApplication } from '#tests/support/factories.ts';
import { anInvitation } from '#tests/support/invitations.ts';
import { aMembership, aPerson, aTeam, SHARED_PASSWORD } from '#tests/support/people.ts';
import { type ActionAnswer, PortalClient } from '#tests/support/portal-client.ts';
import { type Portals, startPortals } from '#tests/support/portals.ts';

/**
 * Who may do what, by real requests to pages and server actions. What owner, admin and member may comes from the
 * permissions table itself; nobody else may anything, and leaves no trace.
 */

const ACTORS = ['anonymous', 'suspended', 'member', 'admin', 'owner', 'outsider'] as const;
type Actor = (typeof ACTORS)[number];
type Verdict = 'allowed' | 'denied' | 'absent' | 'signed out';

let portals: Portals;
let endpointId: string;
const people = {} as Record<
  Exclude<Actor, 'anonymous'> | 'otherOwner' | 'otherAdmin' | 'other' | 'frozen',
  Awaited<ReturnType<typeof aPerson>>
>;
const clients = {} as Record<Actor, PortalClient>;

beforeAll(async () => {
  portals = await startPortals(1);
  const { db, origins } = portals;
  for (const name of [
    'suspended',
    'member',
    'admin',
    'owner',
    'outsider',
    'otherOwner',
    'otherAdmin',
    'other',
    'frozen',
  ] as const)
    people[name] = await aPerson(db, { name: `The ${name}` });
  for (const actor of ACTORS) {
    clients[actor] = new PortalClient(origins[0]!);
    if (actor !== 'anonymous') expect(await clients[actor].signIn(people[actor].account)).toBe(true);
  }
  const [api] = await db
    .insert(apis)
    .values({
      slug: 'stub',
      title: 'Stub',
      openapi: '3.1.0',
      document: '{}',
      upstreamUrl: 'http://127.0.0.1:1',
    })
    .returning();
  const [endpoint] = await db
    .insert(endpoints)
    .values({ apiId: api!.id, method: 'GET', path: '/ok' })
    .returning();
  endpointId = endpoint!.id;
});

afterAll(() => portals?.stop());

/** A team with somebody in every role, an invitation, an app and keys; new for every case, because cases change it. */
async function aFullTeam() {
  const { db } = portals;
  const team = await aTeam(db);
  const owner = await aMembership(db, people.owner.user, 'owner', team);
  const admin = await aMembership(db, people.admin.user, 'admin', team);
  const member = await aMembership(db, people.member.user, 'member', team);
  const suspended = await aMembership(db, people.suspended.user, 'member', team);
  const otherOwner = await aMembership(db, people.otherOwner.user, 'owner', team);
  const otherAdmin = await aMembership(db, people.otherAdmin.user, 'admin', team);
  const other = await aMembership(db, people.other.user, 'member', team);
  await anApplication(db, team, { isDefault: true, title: 'Default app' });
  const frozen = await aMembership(db, people.frozen.user, 'member', team, 'suspended');
  const app = await anApplication(db, team);
  await db.insert(applicationEndpoints).values({ teamId: team.teamId, applicationId: app.id, endpointId });
  const key = await aCredential(db, app, { createdBy: owner.memberId });
  const otherKey = await aCredential(db, app, { memberId: other.memberId });
  const invitation = await anInvitation(db, owner, { email: `guest-${crypto.randomUUID()}@example.com` });
  return {
    team,
    owner,
    admin,
    member,
    suspended,
    otherOwner,
    otherAdmin,
    other,
    frozen,
    app,
    key,
    otherKey,
    invitation,
  };
}
type Full = Awaited<ReturnType<typeof aFullTeam>>;
type Page = { status: number; location: string | null; text: string };
type Case = {
  name: string;
  needs: Action;
  run: (client: PortalClient, full: Full) => Promise<ActionAnswer | Page>;
};

const MEMBERS = 'app/t/[team]/members/actions.ts';
const INVITES = 'app/t/[team]/members/_invitations/actions.ts';
const KEYS = 'app/t/[team]/apps/[app]/keys/actions.ts';
const APP = 'app/t/[team]/apps/[app]/actions.ts';
const SETTINGS = 'app/t/[team]/settings/actions.ts';

function action(
  name: string,
  needs: Action,
  call: string,
  page: (full: Full) => string,
  fields: (full: Full) => Record<string, string>,
): Case {
  const run = (client: PortalClient, full: Full) =>
    client.act(
      call,
      `/t/${full.team.teamSlug}${page(full)}`,
      [full.team.teamSlug, { status: 'idle' }],
      fields(full),
    );
  return { name, needs, run };
}

const page = (name: string, needs: Action, path: (full: Full) => string): Case => ({
  name,
  needs,
  run: (client, full) => client.get(`/t/${full.team.teamSlug}${path(full)}`),
});

const team = () => '/members';
const invite = (role: Role) => () => ({
  name: 'New',
  email: `n-${crypto.randomUUID()}@example.com`,
  role,
  message: '',
});
const appPage = ({ app }: Full) => `/apps/${app.publicId}`;
const keysPage = ({ app }: Full) => `/apps/${app.publicId}/keys`;

const CASES: Case[] = [
  page('view the members', 'member.view', () => '/members'),
  page('view the requests of the team', 'member.view', () => '/members/requests'),
  page('view the audit log', 'audit.view', () => '/members/audit'),
  page('export the audit log', 'audit.view', () => '/members/audit/export'),
  page('view the review', 'review.run', () => '/members/review'),
  page('view the activity of another member', 'member.activity', ({ other }) => `/members/${other.memberId}`),
  page('view the request log', 'usage.view.own', () => '/logs'),
  page('view the apps', 'application.view', () => '/apps'),
  page('view the settings', 'team.view', () => '/settings'),
  action(
    'edit the team',
    'team.edit',
    `${SETTINGS}#editTeamAction`,
    () => '/settings',
    () => ({ name: 'Renamed', description: '', reviewDays: '30' }),
  ),
  action(
    'set the guidelines',
    'team.edit',
    `${SETTINGS}#setGuidelinesAction`,
    () => '/settings',
    () => ({ guidelines: 'Be kind.' }),
  ),
  action(
    'delete the team',
    'team.delete',
    `${SETTINGS}#deleteTeamAction`,
    () => '/settings',
    ({ team }) => ({ name: `Team ${team.teamSlug}` }),
  ),
  action('invite a member', 'member.invite', `${INVITES}#inviteOneAction`, team, invite('member')),
  action('invite an admin', 'member.invite.manager', `${INVITES}#inviteOneAction`, team, invite('admin')),
  action('invite an owner', 'member.invite.manager', `${INVITES}#inviteOneAction`, team, invite('owner')),
  action(
    'resend an invitation',
    'invitation.manage',
    `${INVITES}#resendInvitationAction`,
    team,
    ({ invitation }) => ({ invitationId: invitation.id }),
  ),
  action(
    'copy the link of an invitation',
    'invitation.manage',
    `${INVITES}#copyLinkAction`,
    team,
    ({ invitation }) => ({ invitationId: invitation.id }),
  ),
  action(
    'cancel an invitation',
    'invitation.manage',
    `${INVITES}#cancelInvitationAction`,
    team,
    ({ invitation }) => ({ invitationId: invitation.id }),
  ),
  action('make a member admin', 'member.change_role', `${MEMBERS}#changeRoleAction`, team, ({ other }) => ({
    memberId: other.memberId,
    role: 'admin',
  })),
  action(
    'make an admin member',
    'member.change_role',
    `${MEMBERS}#changeRoleAction`,
    team,
    ({ otherAdmin }) => ({ memberId: otherAdmin.memberId, role: 'member' }),
  ),
  action('make a member owner', 'member.change_role', `${MEMBERS}#changeRoleAction`, team, ({ other }) => ({
    memberId: other.memberId,
    role: 'owner',
  })),
  action(
    'make an owner admin',
    'member.change_role',
    `${MEMBERS}#changeRoleAction`,
    team,
    ({ otherOwner }) => ({ memberId: otherOwner.memberId, role: 'admin' }),
  ),
  action('transfer ownership', 'team.transfer', `${MEMBERS}#transferOwnershipAction`, team, ({ other }) => ({
    memberId: other.memberId,
  })),
  action('suspend a member', 'member.suspend', `${MEMBERS}#suspendMemberAction`, team, ({ other }) => ({
    memberId: other.memberId,
  })),
  action('activate a member', 'member.suspend', `${MEMBERS}#activateMemberAction`, team, ({ frozen }) => ({
    memberId: frozen.memberId,
  })),
  action('remove a member', 'member.remove', `${MEMBERS}#removeMemberAction`, team, ({ other }) => ({
    memberId: other.memberId,
    applicationKeys: 'keep',
  })),
  action(
    'suspend an admin',
    'member.suspend.manager',
    `${MEMBERS}#suspendMemberAction`,
    team,
    ({ otherAdmin }) => ({ memberId: otherAdmin.memberId }),
  ),
  action(
    'suspend an owner',
    'member.suspend.manager',
    `${MEMBERS}#suspendMemberAction`,
    team,
    ({ otherOwner }) => ({ memberId: otherOwner.memberId }),
  ),
  action(
    'remove an admin',
    'member.remove.manager',
    `${MEMBERS}#removeMemberAction`,
    team,
    ({ otherAdmin }) => ({ memberId: otherAdmin.memberId, applicationKeys: 'keep' }),
  ),
  action(
    'remove an owner',
    'member.remove.manager',
    `${MEMBERS}#removeMemberAction`,
    team,
    ({ otherOwner }) => ({ memberId: otherOwner.memberId, applicationKeys: 'keep' }),
  ),
  action('leave the team', 'member.leave', `${MEMBERS}#leaveTeamAction`, team, () => ({})),
  action(
    'start a review',
    'review.run',
    'app/t/[team]/members/review/actions.ts#startReviewAction',
    () => '/members/review',
    () => ({}),
  ),
  action(
    'create an app',
    'application.create',
    'app/t/[team]/apps/new/actions.ts#createAppAction',
    () => '/apps/new',
    () => ({ title: 'New', description: 'One.', endpointIds: endpointId }),
  ),
  action('edit an app', 'application.edit', `${APP}#editAppAction`, appPage, ({ app }) => ({
    appId: app.publicId,
    title: 'Other',
    description: 'Two.',
  })),
  action(
    'choose the APIs of an app',
    'application.connect',
    `${APP}#connectEndpointsAction`,
    (full) => `${appPage(full)}/connected?change`,
    ({ app }) => ({ appId: app.publicId, endpointIds: endpointId }),
  ),
  action('archive an app', 'application.archive', `${APP}#archiveAppAction`, appPage, ({ app }) => ({
    appId: app.publicId,
  })),
  action('create a key', 'credential.issue', `${KEYS}#generateKeyAction`, keysPage, ({ app }) => ({
    appId: app.publicId,
    name: 'Key',
    description: '',
    environment: 'development',
    expiration: 'never',
  })),
  action('revoke a key of the team', 'credential.revoke', `${KEYS}#revokeKeyAction`, keysPage, ({ key }) => ({
    keyId: key.keyId,
  })),
  action(
    "pause another member's key",
    'credential.pause',
    `${KEYS}#pauseKeyAction`,
    keysPage,
    ({ otherKey }) => ({ keyId: otherKey.keyId }),
  ),
  action(
    'restrict a key of the team',
    'credential.restrict',
    'app/t/[team]/apps/_keys/restrict-action.ts#restrictKeyAction',
    keysPage,
    ({ key }) => ({ keyId: key.keyId, allowedIps: '192.0.2.1', allowedDomains: '' }),
  ),
  action(
    'get a key of his own',
    'credential.issue.own',
    'app/t/[team]/my-key/actions.ts#generateOwnKeyAction',
    () => '/my-key',
    () => ({ environment: 'development' }),
  ),
];

function verdict(answer: ActionAnswer | Page): Verdict {
  if (answer.status === 401 || answer.location?.includes('/sign-in')) return 'signed out';
  if (answer.status === 404) return 'absent';
  if (answer.status === 403) return 'denied';
  if ('state' in answer) {
    if (answer.state === 'refused') return 'denied';
    if (answer.state === 'invalid') throw new Error(`the case itself is wrong: ${answer.text.slice(-400)}`);
    return answer.state === 'done' || answer.location ? 'allowed' : 'denied';
  }
  // A page that exists for others of the team says who may see it.
  if (answer.text.includes('Owners and admins')) return 'denied';
  return answer.status === 200 ? 'allowed' : 'denied';
}

function expected(actor: Actor, needs: Action): Verdict[] {
  if (actor === 'anonymous' || actor === 'suspended') return ['signed out'];
  if (actor === 'outsider') return ['absent'];
  return PERMISSIONS[needs].some((role) => role === actor) ? ['allowed'] : ['denied', 'absent'];
}

/** All that a denied act must leave as it was. */
async function state(teamId: string): Promise<string> {
  const [row] = await portals.sql`
    select md5(concat(
      (select t::text from teams t where id = ${teamId}),
      (select string_agg(m::text, '|' order by id) from members m where team_id = ${teamId}),
      (select string_agg(i::text, '|' order by id) from invitations i where team_id = ${teamId}),
      (select string_agg(a::text, '|' order by id) from applications a where team_id = ${teamId}),
      (select string_agg(e::text, '|' order by e::text) from application_endpoints e where team_id = ${teamId}),
      (select string_agg(c::text, '|' order by id) from credentials c where team_id = ${teamId}),
      (select string_agg(r::text, '|' order by id) from membership_reviews r where team_id = ${teamId})
    )) as digest`;
  return row!.digest;
}

describe.each(CASES)('$name', ({ needs, run }) => {
  test.each(ACTORS)('as %s', async (actor) => {
    const full = await aFullTeam();
    const client = clients[actor];
    if (actor === 'suspended') {
      await client.signIn(people.suspended.account);
      await suspendMember({ db: portals.db, member: full.owner }, { memberId: full.suspended.memberId });
    }
    const before = await state(full.team.teamId);
    const answer = await run(client, full);
    const came = verdict(answer);
    expect(expected(actor, needs), answer.text.slice(0, 300)).toContain(came);
    if (came !== 'allowed') {
      expect(await state(full.team.teamId), 'nothing has changed').toBe(before);
      expect(answer.text, 'no word of the team').not.toContain(people.other.user.email);
    }
    // Acts on people end their sessions: everybody is back for the next case.
    for (const name of ['member', 'admin', 'owner'] as const)
      if (!(await isSignedIn(clients[name]))) await clients[name].signIn(people[name].account);
  });
});

async function isSignedIn(client: PortalClient): Promise<boolean> {
  return (await client.get('/api/auth/session')).text.includes('email');
}

test('nobody sees a secret again, and everybody may change his own password', async () => {
  const full = await aFullTeam();
  for (const actor of ACTORS) {
    const answer = await clients[actor].get(`/t/${full.team.teamSlug}/apps/${full.app.publicId}/keys`);
    expect(answer.text).not.toContain(full.key.secretKey.split('_').at(-1)!);
  }
  for (const actor of ['member', 'outsider'] as const) {
    const client = clients[actor];
    if (!(await isSignedIn(client))) await client.signIn(people[actor].account);
    const password = `a further canal of ${crypto.randomUUID()}`;
    const changed = await client.act(
      'app/account/actions.ts#changePasswordAction',
      '/account',
      [{ status: 'idle' }],
      { current: SHARED_PASSWORD, password },
    );
    expect(changed.state).toBe('done');
  }
});
