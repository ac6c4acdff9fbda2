import { afterAll, beforeAll, expect, test } from 'vitest';
import { apis, endpoints } from '#db/schema/catalog.ts';
import type { Member } from '#lib/access/member.ts';
import { aCredential, anApplication } from '#tests/support/factories.ts';
import { anInvitation } from '#tests/support/invitations.ts';
import { aMembership, aPerson, aTeam } from '#tests/support/people.ts';
import { PortalClient } from '#tests/support/portal-client.ts';
import { type Portals, startPortals } from '#tests/support/portals.ts';
import { aCall } from '#tests/support/usage-rows.ts';

/** Every id of another team, in every address and every action: absent, nothing written, no word of it. */

let portals: Portals;
let client: PortalClient;
let endpointId: string;
let mine: Team;
let theirs: Team;

type Team = Awaited<ReturnType<typeof aTeamWithEverything>>;

async function aTeamWithEverything(person: Awaited<ReturnType<typeof aPerson>>, word: string) {
  const { db } = portals;
  const team = await aTeam(db, {
    name: `${word} Ltd`,
    guidelines: `${word} guidelines`,
    guidelinesAt: new Date(),
  });
  const owner: Member = await aMembership(db, person.user, 'owner', team);
  const colleague = await aPerson(db, {
    name: `${word} colleague`,
    email: `${word.toLowerCase()}-${crypto.randomUUID()}@example.com`,
  });
  const member = await aMembership(db, colleague.user, 'member', team);
  await anApplication(db, team, { isDefault: true, title: `${word} default` });
  const app = await anApplication(db, team, { title: `${word} app` });
  const key = await aCredential(db, app, { name: `${word} key` });
  const invitation = await anInvitation(db, owner, {
    email: `${word.toLowerCase()}-guest@example.com`,
    name: `${word} guest`,
  });
  const request = await aCall(db, key, { path: `/${word}` });
  return { ...team, word, owner, member, app, key, invitation, request, person };
}

beforeAll(async () => {
  portals = await startPortals(1);
  const { db, origins } = portals;
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
  mine = await aTeamWithEverything(await aPerson(db), 'Mine');
  theirs = await aTeamWithEverything(await aPerson(db), 'Theirs');
  client = new PortalClient(origins[0]!);
  expect(await client.signIn(mine.person.account)).toBe(true);
});

afterAll(() => portals?.stop());

/** Addresses of all pages with an id in them, for one team's slug and another's ids. */
const addresses = (slug: string, ids: Team) => [
  `/t/${slug}/apps/${ids.app.publicId}`,
  `/t/${slug}/apps/${ids.app.publicId}/keys`,
  `/t/${slug}/apps/${ids.app.publicId}/connected`,
  `/t/${slug}/apps/${ids.app.publicId}/connected?change`,
  `/t/${slug}/apps/${ids.app.publicId}/usage`,
  `/t/${slug}/apps/${ids.app.publicId}/logs`,
  `/t/${slug}/logs/${ids.request.id}`,
  `/t/${slug}/members/${ids.member.memberId}`,
];
const teamPages = (slug: string) =>
  [
    '',
    '/apps',
    '/apps/new',
    '/logs',
    '/members',
    '/members/requests',
    '/members/audit',
    '/members/audit/export',
    '/members/review',
    '/settings',
    '/guidelines',
    '/my-key',
  ].map((path) => `/t/${slug}${path}`);

/** Headers and queries that ask Next for the same page in another form. */
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

const forms = (path: string) =>
  VARIANTS.map(
    ([query, headers]) =>
      [query ? `${path}${path.includes('?') ? '&' : '?'}${query}` : path, headers] as const,
  );

test('my own pages are there', async () => {
  for (const path of [...addresses(mine.teamSlug, mine), ...teamPages(mine.teamSlug)])
    expect((await client.get(path)).status, path).toBe(200);
});

test("another team's pages, and its ids under my own team, are absent in every form", async () => {
  const paths = [
    ...addresses(mine.teamSlug, theirs),
    ...addresses(theirs.teamSlug, theirs),
    ...addresses(theirs.teamSlug, mine),
    ...teamPages(theirs.teamSlug),
  ];
  for (const path of paths) {
    for (const [variant, headers] of forms(path)) {
      const answer = await client.get(variant, headers);
      const text = answer.text.replaceAll(theirs.teamSlug, '').replaceAll(theirs.app.publicId, '');
      expect(text, `${variant} ${JSON.stringify(headers)}`).not.toMatch(/Theirs/i);
      if (Object.keys(headers).length === 0) expect(answer.status, variant).toBe(404);
    }
  }
});

test('somebody who is not signed in gets no byte of a team in any form', async () => {
  const nobody = new PortalClient(portals.origins[0]!);
  for (const path of [...addresses(mine.teamSlug, mine), ...teamPages(mine.teamSlug)]) {
    for (const [variant, headers] of forms(path)) {
      const answer = await nobody.get(variant, headers);
      expect(answer.text, variant).not.toMatch(/Mine (Ltd|app|key|colleague|guest|guidelines|default)/);
    }
  }
});

test("another team's ids in every action change nothing and tell nothing", async () => {
  const { word: _, ...ids } = theirs;
  const before = await everything(theirs.teamId);
  const actions: [string, string, Record<string, string>][] = [
    [
      'app/t/[team]/apps/[app]/actions.ts#editAppAction',
      'app',
      { appId: ids.app.publicId, title: 'x', description: '' },
    ],
    ['app/t/[team]/apps/[app]/actions.ts#archiveAppAction', 'app', { appId: ids.app.publicId }],
    ['app/t/[team]/apps/[app]/actions.ts#restoreAppAction', 'app', { appId: ids.app.publicId }],
    [
      'app/t/[team]/apps/[app]/actions.ts#connectEndpointsAction',
      'connect',
      { appId: ids.app.publicId, endpointIds: endpointId },
    ],
    [
      'app/t/[team]/apps/[app]/keys/actions.ts#generateKeyAction',
      'keys',
      { appId: ids.app.publicId, name: 'x', description: '', environment: 'production', expiration: 'never' },
    ],
    ['app/t/[team]/apps/[app]/keys/actions.ts#pauseKeyAction', 'keys', { keyId: ids.key.keyId }],
    ['app/t/[team]/apps/[app]/keys/actions.ts#resumeKeyAction', 'keys', { keyId: ids.key.keyId }],
    ['app/t/[team]/apps/[app]/keys/actions.ts#revokeKeyAction', 'keys', { keyId: ids.key.keyId }],
    [
      'app/t/[team]/apps/_keys/restrict-action.ts#restrictKeyAction',
      'keys',
      { keyId: ids.key.keyId, allowedIps: '192.0.2.1', allowedDomains: '' },
    ],
    ['app/t/[team]/my-key/actions.ts#regenerateOwnKeyAction', 'my-key', { keyId: ids.key.keyId }],
    [
      'app/t/[team]/members/actions.ts#changeRoleAction',
      'members',
      { memberId: ids.member.memberId, role: 'admin' },
    ],
    ['app/t/[team]/members/actions.ts#suspendMemberAction', 'members', { memberId: ids.member.memberId }],
    ['app/t/[team]/members/actions.ts#activateMemberAction', 'members', { memberId: ids.member.memberId }],
    [
      'app/t/[team]/members/actions.ts#removeMemberAction',
      'members',
      { memberId: ids.member.memberId, applicationKeys: 'revoke' },
    ],
    ['app/t/[team]/members/actions.ts#transferOwnershipAction', 'members', { memberId: ids.member.memberId }],
    ['app/t/[team]/members/actions.ts#previewMemberAction', 'members', { memberId: ids.member.memberId }],
    [
      'app/t/[team]/members/_invitations/actions.ts#resendInvitationAction',
      'members',
      { invitationId: ids.invitation.id },
    ],
    [
      'app/t/[team]/members/_invitations/actions.ts#copyLinkAction',
      'members',
      { invitationId: ids.invitation.id },
    ],
    [
      'app/t/[team]/members/_invitations/actions.ts#cancelInvitationAction',
      'members',
      { invitationId: ids.invitation.id },
    ],
  ];
  const pages: Record<string, string> = {
    app: `/apps/${mine.app.publicId}`,
    connect: `/apps/${mine.app.publicId}/connected?change`,
    keys: `/apps/${mine.app.publicId}/keys`,
    members: '/members',
    'my-key': '/my-key',
  };
  for (const [action, page, fields] of actions) {
    for (const slug of [mine.teamSlug, theirs.teamSlug]) {
      const answer = await client.act(
        action,
        `/t/${mine.teamSlug}${pages[page]}`,
        [slug, { status: 'idle' }],
        fields,
      );
      expect(slug === mine.teamSlug ? answer.state : answer.status, `${action} in ${slug}`).toBe(
        slug === mine.teamSlug ? 'refused' : 404,
      );
      expect(answer.text).not.toMatch(/Theirs (Ltd|app|key|colleague|guest)/);
    }
  }
  expect(await everything(theirs.teamId)).toBe(before);
});

async function everything(teamId: string): Promise<string> {
  const [row] = await portals.sql`
    select md5(concat(
      (select t::text from teams t where id = ${teamId}),
      (select string_agg(m::text, '|' order by id) from members m where team_id = ${teamId}),
      (select string_agg(i::text, '|' order by id) from invitations i where team_id = ${teamId}),
      (select string_agg(a::text, '|' order by id) from applications a where team_id = ${teamId}),
      (select string_agg(c::text, '|' order by id) from credentials c where team_id = ${teamId}),
      (select string_agg(e::text, '|' order by id) from audit_events e where team_id = ${teamId})
    )) as digest`;
  return row!.digest;
}
