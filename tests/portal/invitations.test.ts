import { afterAll, beforeAll, expect, test } from 'vitest';
import { anInvitation } from '#tests/support/invitations.ts';
import { aMembership, aPerson, aTeam } from '#tests/support/people.ts';
import { PortalClient } from '#tests/support/portal-client.ts';
import { type Portals, startPortals } from '#tests/support/portals.ts';

/** Invitations over two portals that share a database. */

let portals: Portals;
const ACCEPT = 'app/(entry)/invitations/[token]/actions.ts#acceptAsNewPersonAction';

beforeAll(async () => {
  portals = await startPortals(2);
});

afterAll(() => portals?.stop());

test('of 50 concurrent acceptances over two portals, exactly one succeeds', async () => {
  const { db, sql, origins } = portals;
  for (let round = 0; round < 3; round++) {
    const team = await aTeam(db);
    const owner = await aMembership(db, (await aPerson(db)).user, 'owner', team);
    const { email, token } = await anInvitation(db, owner);
    const clients = origins.map((origin) => new PortalClient(origin));
    const responses = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        clients[i % 2]!.act(ACCEPT, `/invitations/${token}`, [{ status: 'idle' }], {
          token,
          name: `Guest ${i}`,
          password: `violet canal number ${i} at noon`,
        }),
      ),
    );
    expect(responses.filter((response) => response.state === 'done').length).toBe(1);
    const [rows] = await sql`select (select count(*)::int from users where email = ${email}) as users,
      (select count(*)::int from members m join users u on u.id = m.user_id where u.email = ${email} and m.team_id = ${team.teamId}) as members`;
    expect(rows).toEqual({ users: 1, members: 1 });
  }
});

test('opening an invitation never uses it, even for link scanners, and its token isn’t leaked', async () => {
  const { db, origins } = portals;
  const owner = await aMembership(db, (await aPerson(db)).user, 'owner', await aTeam(db));
  const { token } = await anInvitation(db, owner);
  const scanner = {
    'User-Agent': 'Mozilla/5.0 (compatible; SafeLinks)',
    Host: 'evil.example',
    'X-Forwarded-Host': 'evil.example',
  };
  for (let i = 0; i < 3; i++) {
    await fetch(`${origins[0]}/invitations/${token}`, { method: 'HEAD', headers: scanner });
    await fetch(`${origins[1]}/invitations/${token}`, { headers: scanner });
  }
  const page = await fetch(`${origins[0]}/invitations/${token}`);
  expect([page.status, page.headers.get('referrer-policy')]).toEqual([200, 'no-referrer']);
  expect(page.headers.get('cache-control')).toContain('no-store');
  const html = await page.text();
  expect(html).not.toContain('evil.example');
  for (const [, address] of html.matchAll(/(?:src|href)="(https?:\/\/[^"]+)"/g))
    expect(address).toContain('localhost');
  const client = new PortalClient(origins[1]!);
  const accepted = await client.act(ACCEPT, `/invitations/${token}`, [{ status: 'idle' }], {
    token,
    name: 'Guest',
    password: 'violet canal for a person at noon',
  });
  expect(accepted.state).toBe('done');
  expect(portals.output()).not.toContain(token);
});

test('invalid tokens look the same', async () => {
  const { db, sql, origins } = portals;
  const owner = await aMembership(db, (await aPerson(db)).user, 'owner', await aTeam(db));
  const [cancelled, used] = [await anInvitation(db, owner), await anInvitation(db, owner)];
  await sql`update invitations set cancelled_at = now() where id = ${cancelled.id}`;
  await new PortalClient(origins[0]!).act(ACCEPT, `/invitations/${used.token}`, [{ status: 'idle' }], {
    token: used.token,
    name: 'Guest',
    password: 'violet canal for a person at dusk',
  });
  const texts = [];
  for (const token of [cancelled.token, used.token, 'garbage', `${used.token}x`]) {
    const page = await fetch(`${origins[0]}/invitations/${token}`);
    const text = (await page.text()).replaceAll(token, '').replace(/nonce="[^"]*"/g, '');
    texts.push(
      `${page.status} ${/<main[\s\S]*?<\/main>/.exec(text)?.[0].replace(/<script[\s\S]*?<\/script>/g, '')}`,
    );
  }
  expect(new Set(texts).size).toBe(1);
});
