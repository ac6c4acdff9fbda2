import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { User } from '#lib/access/member.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { aFullTeam, type FullTeam, secretsOf } from '#tests/support/full-team.ts';
import { aPerson } from '#tests/support/people.ts';
import { PortalClient } from '#tests/support/portal-client.ts';
import { type Portals, startPortals } from '#tests/support/portals.ts';
import { teamState } from '#tests/support/table-state.ts';
import { ACTS } from './acts/acts.ts';
import { addressesOf, forms, refusedAddressesOf } from './acts/addresses.ts';

/** Another team's IDs in any URL or action: not found, nothing written, nothing revealed. */

let portals: Portals;
let client: PortalClient;
let mine: FullTeam;
let theirs: FullTeam;
const SLUG = /team-[0-9a-f]{12}/g;

beforeAll(async () => {
  portals = await startPortals(1);
  const { db, origins } = portals;
  const { endpointIds } = await anApi(db, ['GET /ok'], { slug: 'stub', upstreamUrl: 'http://127.0.0.1:1' });
  const endpointId = endpointIds[0]!;
  const aTeamOf = (word: string, owner: User) => aFullTeam(db, { word, endpointId, cast: { owner } });
  const me = await aPerson(db, { name: 'Mine owner' });
  mine = await aTeamOf('Mine', me.user);
  theirs = await aTeamOf('Theirs', (await aPerson(db, { name: 'Theirs owner' })).user);
  client = new PortalClient(origins[0]!);
  expect(await client.signIn(me.account)).toBe(true);
});

afterAll(() => portals?.stop());

/** The response echoes the request. That reveals nothing. */
const without = (text: string, asked: readonly string[]) =>
  asked.reduce((rest, one) => rest.replaceAll(one, ''), text).replace(SLUG, '');

test('your own pages are found, in every response format', async () => {
  for (const path of addressesOf(mine)) {
    expect((await client.get(path)).status, path).toBe(200);
    if (/report|export/.test(path)) continue;
    const payload = await client.get(path, { RSC: '1' });
    expect(payload.headers.get('content-type'), path).toContain('text/x-component');
    expect(payload.text, path).toMatch(/Mine/);
  }
});

test("another team's pages, and its IDs under your own team, are not found in any response format", async () => {
  const { teamSlug } = mine.team;
  const paths = [
    ...refusedAddressesOf(theirs, teamSlug),
    ...addressesOf(theirs),
    ...addressesOf(mine, theirs.team.teamSlug),
  ];
  for (const path of new Set(paths)) {
    for (const [variant, headers] of forms(path)) {
      const response = await client.get(variant, headers);
      expect(response.text, `${variant} ${JSON.stringify(headers)}`).not.toMatch(/Theirs|theirs-/);
      if (Object.keys(headers).length === 0) expect(response.status, variant).toBe(404);
    }
  }
}, 600_000);

test('IDs of another team in queries find nothing', async () => {
  const slug = `/t/${mine.team.teamSlug}`;
  const { key, app, owner, incident, past, request, notification } = theirs;
  const asked = [key.keyId, app.publicId, owner.memberId, incident.publicId, past.id, request.id];
  for (const path of [
    `/api-keys?app=${app.publicId}`,
    `/api-keys?owner=${owner.memberId}`,
    `/api-keys?after=${key.keyId}`,
    `/api-keys?before=${key.keyId}`,
    `/api-keys/export?app=${app.publicId}`,
    `/api-keys/export?search=Theirs`,
    `/incidents?before=${incident.id}`,
    `/incidents/new?key=${key.keyId}`,
    `/logs?key=${key.keyId}`,
    `/logs?app=${app.publicId}`,
    `/logs?member=${owner.memberId}`,
    `/logs?before=${request.id}`,
    `/logs?after=${request.id}`,
    `/notifications?before=${notification.id}`,
    `/tester?credential=${key.keyId}`,
    `/members/audit?actor=${owner.memberId}`,
    `/members/audit?subject=${key.keyId}`,
    `/members/audit/export?actor=${owner.memberId}`,
    `/security?rule=production_without_ip`,
    `/logs?endpoint=${past.endpointId}&key=${key.keyId}`,
    `/logs?id=${request.id}`,
  ]) {
    const response = await client.get(slug + path);
    expect(response.status, path).toBe(200);
    expect(without(response.text, [...asked, 'search=Theirs']), path).not.toMatch(/Theirs|theirs-/);
  }
});

test('without a session, no response contains team data', async () => {
  const nobody = new PortalClient(portals.origins[0]!);
  for (const path of [...addressesOf(mine), '/operator', '/operator/plans', '/operator/jobs', '/account']) {
    for (const [variant, headers] of forms(path)) {
      const response = await nobody.get(variant, headers);
      expect(response.text, variant).not.toMatch(/Mine |mine-/);
    }
  }
}, 600_000);

describe("another team's IDs", () => {
  test.each(ACTS.filter(({ names }) => names).map((act) => ({ ...act })))(
    '$name',
    async ({ run, prepare, names }) => {
      await prepare?.(portals.db, theirs);
      const state = () => teamState(portals.sql, theirs.team.teamId);
      const before = await state();
      const own = theirs.own.owner;
      const inMine = await run(client, theirs, own, mine);
      const isPage = !('state' in inMine);
      if (names === 'nothing') expect(inMine.text).toContain('"value":0');
      else if (isPage) expect(inMine.status).toBe(404);
      else expect(inMine.state).toBe('refused');
      const inTheirs = await run(client, theirs, own, theirs);
      expect(inTheirs.status).toBe(404);
      for (const { text } of [inMine, inTheirs]) {
        expect(text).not.toMatch(/Theirs|theirs-/);
        for (const secret of secretsOf(theirs)) expect(text).not.toContain(secret);
      }
      expect(await state()).toEqual(before);
    },
  );
});

test('log exports and the live log contain nothing of other teams, regardless of the filter', async () => {
  const slug = `/t/${mine.team.teamSlug}/logs`;
  const { key, app, owner, request } = theirs;
  const before = await teamState(portals.sql, theirs.team.teamId);
  for (const fields of [
    {},
    { key: key.keyId },
    { app: app.publicId },
    { member: owner.memberId },
    { id: request.id },
    { path: 'Theirs' },
    { before: request.id },
  ]) {
    const csv = await client.submit(`${slug}/export`, { ...fields, format: 'csv' });
    expect([csv.status, csv.text.match(/Theirs|theirs-/)]).toEqual([200, null]);
    const query = new URLSearchParams(fields as Record<string, string>); // Each field has one value.
    const live = await client.peek(`${slug}/live?${query}&since=${request.id}`, {}, 1_200);
    expect([live.status, live.text.match(/Theirs|theirs-/)]).toEqual([200, null]);
  }
  for (const [path, ask] of [
    ['export', (url: string) => client.submit(url, { format: 'csv' })],
    ['live', (url: string) => client.peek(url)],
  ] as const)
    expect((await ask(`/t/${theirs.team.teamSlug}/logs/${path}`)).status).toBe(404);
  expect(await teamState(portals.sql, theirs.team.teamId)).toEqual(before);
});

test("another team's IDs beside your own change nothing in that team", async () => {
  const before = await teamState(portals.sql, theirs.team.teamId);
  const slug = mine.team.teamSlug;
  const values = { path: {}, query: {}, header: {}, accept: '', contentType: '', body: '' };
  const { endpointId } = mine.past;
  const tested = await client.post(`/t/${slug}/tester/send`, {
    ...{ keyId: theirs.otherKey.keyId, endpointId, production: false, values },
  });
  expect(JSON.parse(tested.text)).toEqual({ ok: false, reason: 'credential_not_found' });
  const unread = await client.act(
    'app/t/[team]/notifications/actions.ts#markReadAction',
    `/t/${slug}/notifications`,
    [slug, { status: 'idle' }],
    {},
  );
  expect(unread.state).toBe('done');
  expect(await teamState(portals.sql, theirs.team.teamId)).toEqual(before);
});
