import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { readTicket, signTicket, type Ticket } from './ticket.ts';
import { useTicket } from './use-ticket.ts';

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

const key = 'ab'.repeat(32);

async function aTicket(values: Partial<Ticket> = {}): Promise<Ticket> {
  const member = await aMember(own.db, 'owner');
  const { keyId } = await aCredential(own.db, await anApplication(own.db, member));
  const now = Date.now();
  const claims = { keyId, memberId: member.memberId, clientIp: null, method: 'GET', target: '/a/b' };
  return { ...(await readTicket(key, await signTicket(key, claims, now), now))!, ...values };
}

test('of concurrent uses, exactly one succeeds', async () => {
  const ticket = await aTicket();
  const uses = await Promise.all(Array.from({ length: 20 }, () => useTicket(own.sql, ticket)));
  expect(uses.filter(Boolean)).toHaveLength(1);
});

test("an expired ticket is rejected by the database's clock", async () => {
  expect(await useTicket(own.sql, await aTicket({ expiresAtMs: Date.now() - 1_000 }))).toBe(false);
});

test('a ticket is rejected if its member was suspended since or is in another team', async () => {
  const suspended = await aTicket();
  await own.sql`update members set status = 'suspended' where id = ${suspended.memberId}`;
  expect(await useTicket(own.sql, suspended)).toBe(false);
  expect(
    await useTicket(own.sql, await aTicket({ memberId: (await aMember(own.db, 'owner')).memberId })),
  ).toBe(false);
});

test('expired tickets are deleted, used ones are kept', async () => {
  await own.sql`insert into tester_tickets values ('old', now() - interval '5 minutes')`;
  const ticket = await aTicket();
  await useTicket(own.sql, ticket);
  const left = await own.sql`select nonce from tester_tickets where nonce in ('old', ${ticket.nonce})`;
  expect([...left]).toEqual([{ nonce: ticket.nonce }]);
});
