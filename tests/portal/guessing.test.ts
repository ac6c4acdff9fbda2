import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelInvitation } from '#lib/invitations/cancel-invitation.ts';
import { anInvitation } from '#tests/support/invitations.ts';
import { aMembership, aPerson, aTeam } from '#tests/support/people.ts';
import { PortalClient } from '#tests/support/portal-client.ts';
import { type Portals, startPortals } from '#tests/support/portals.ts';

/** Guessing passwords and tokens doesn't succeed and reveals nothing. */

let portals: Portals;

beforeAll(async () => {
  portals = await startPortals(1);
});

afterAll(() => portals?.stop());

const TRIES = 150;

test('of 150 wrong passwords in an hour from different addresses few are checked, and the owner can still sign in', async () => {
  const { db, sql, origins } = portals;
  const { user, account } = await aPerson(db);
  const client = new PortalClient(origins[0]!);
  const csrfToken = await client.csrfToken();
  for (let i = 0; i < TRIES; i++) {
    expect(
      await client.signIn({ ...account, password: `a wrong guess number ${i}` }, csrfToken, {
        'X-Forwarded-For': `203.0.113.${i}`,
      }),
    ).toBe(false);
    // Simulates one 150th of an hour.
    await sql`update sign_in_throttles set throttled_until = throttled_until - make_interval(secs => ${3_600 / TRIES}) where user_id = ${user.userId}`;
    await sql`update throttle_events set at = at - make_interval(secs => ${3_600 / TRIES})`;
  }
  const [row] = await sql<{ looked_at: number; wait: number }[]>`
    select failures as looked_at, extract(epoch from throttled_until - now())::float8 as wait
    from sign_in_throttles where user_id = ${user.userId}`;
  expect(row!.looked_at).toBeGreaterThan(5);
  expect(row!.looked_at).toBeLessThanOrEqual(100);
  expect(row!.wait).toBeLessThanOrEqual(900);

  expect(await client.signIn(account)).toBe(false);
  await sql`update sign_in_throttles set throttled_until = throttled_until - interval '15 minutes' where user_id = ${user.userId}`;
  await sql`update throttle_events set at = at - interval '15 minutes'`;
  expect(await client.signIn(account)).toBe(true);
});

test('a flood of sign-ins is rejected early, with Retry-After', async () => {
  const { db, origins } = portals;
  const { account } = await aPerson(db);
  const client = new PortalClient(origins[0]!);
  const fields = { password: 'a wrong pass phrase', csrfToken: await client.csrfToken(), json: 'true' };
  const fourTimes = async (_: unknown, i: number) => {
    const email = `nobody-${i}@example.com`;
    const own = [];
    for (let n = 0; n < 4; n++)
      own.push(await client.submit('/api/auth/callback/credentials', { email, ...fields }));
    return own;
  };
  const responses = (await Promise.all(Array.from({ length: 200 }, fourTimes))).flat();
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([401, 503]));
  const busy = responses.find(({ status }) => status === 503)!;
  expect(Number(busy.headers.get('retry-after'))).toBeGreaterThan(0);
  const { url } = JSON.parse(busy.text);
  expect(new URL(url).searchParams.get('error')).toBe('Unavailable');

  expect(await client.signIn(account)).toBe(true);
});

test('canceled, used, replaced and unknown invitations look the same', async () => {
  const { db, sql, origins } = portals;
  const owner = await aMembership(db, (await aPerson(db)).user, 'owner', await aTeam(db));
  const invited = async () => (await anInvitation(db, owner)).token;

  const cancelled = await anInvitation(db, owner);
  const [row] = await sql<{ id: string }[]>`select id from invitations where email = ${cancelled.email}`;
  expect((await cancelInvitation({ db, member: owner }, { invitationId: row!.id })).ok).toBe(true);
  const used = await anInvitation(db, owner);
  await sql`update invitations set accepted_at = now(), accepted_by = invited_by where email = ${used.email}`;
  const older = await anInvitation(db, owner);
  await sql`update invitations set generation = 2, token_digest = sha256('another') where email = ${older.email}`;
  const garbage = (await invited()).replace(/^./, (first) => (first === 'a' ? 'b' : 'a'));

  const pages = new Set<string>();
  for (const token of [cancelled.token, used.token, older.token, garbage]) {
    const response = await fetch(`${origins[0]}/invitations/${token}`);
    const html = (await response.text()).replaceAll(token, 'TOKEN').replace(/nonce="[^"]+"/g, '');
    const main = /<main[\s\S]*?<\/main>/.exec(html)?.[0];
    expect(main).toBeDefined();
    pages.add(`${response.status} ${main}`);
  }
  expect([...pages]).toHaveLength(1);
});
