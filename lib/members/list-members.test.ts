import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { outbox } from '#db/schema/mail.ts';
import { invitations, members, teams } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { countMembers } from './count-members.ts';
import { listMembers, MEMBERS_PAGE, MembersFilter } from './list-members.ts';

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);
const utcDay = (date: Date) => date.toISOString().slice(0, 10);

const rename = (db: Db, { userId }: Member, name: string) =>
  db.update(users).set({ name }).where(eq(users.id, userId));
const setMember = (db: Db, { memberId }: Member, values: Partial<typeof members.$inferInsert>) =>
  db.update(members).set(values).where(eq(members.id, memberId));

async function anInvitation(
  db: Db,
  by: Member,
  name: string,
  values: Partial<typeof invitations.$inferInsert> = {},
) {
  await db.insert(invitations).values({
    teamId: by.teamId,
    email: `${name}-${randomBytes(4).toString('hex')}@example.com`.toLowerCase(),
    name,
    role: 'member',
    invitedBy: by.memberId,
    tokenDigest: randomBytes(32),
    expiresAt: new Date(Date.now() + DAY_MS),
    ...values,
  });
}

async function aMail(db: Db, values: Partial<typeof outbox.$inferInsert>) {
  const [row] = await db
    .insert(outbox)
    .values({ template: 'invitation', recipient: 'x@example.com', ...values })
    .returning();
  return row!.id;
}

async function calls(db: Db, key: Awaited<ReturnType<typeof aCredential>>, at: Date, requests: number) {
  const { teamId, applicationId, memberId, id: credentialId } = key;
  await db.insert(usageDaily).values({
    teamId,
    applicationId,
    credentialId,
    memberId,
    day: utcDay(at),
    requests,
    lastAt: at,
    lastUsedAt: at,
  });
}

const named = (listed: Awaited<ReturnType<typeof listMembers>>) => listed.people.map((person) => person.name);

test(
  'a manager sees members and open invitations by name, with role, status and delivery state',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    await rename(db, owner, 'bea');
    const suspended = await aMember(db, 'admin', owner);
    await rename(db, suspended, 'Zoe');
    await setMember(db, suspended, { status: 'suspended' });
    await setMember(db, await aMember(db, 'member', owner), { status: 'removed' });
    await anInvitation(db, owner, 'Al', { mailId: await aMail(db, { sentAt: new Date() }) });
    await anInvitation(db, owner, 'Cy', { mailId: await aMail(db, {}), role: 'admin' });
    await anInvitation(db, owner, 'Di', {
      mailId: await aMail(db, { failedAt: new Date() }),
      expiresAt: daysAgo(1),
    });
    await anInvitation(db, owner, 'Gone', { cancelledAt: new Date() });
    await anInvitation(db, owner, 'Here', { acceptedAt: new Date() });
    await anInvitation(db, await aMember(db, 'owner'), 'Elsewhere');

    const { people, more } = await listMembers({ db, member: owner });

    expect(people).toMatchObject([
      { kind: 'invitation', name: 'Al', role: 'member', status: 'pending', delivery: 'sent', link: 'open' },
      { kind: 'member', name: 'bea', role: 'owner', status: 'active', id: owner.memberId, delivery: null },
      { kind: 'invitation', name: 'Cy', role: 'admin', delivery: 'waiting' },
      { kind: 'invitation', name: 'Di', delivery: 'failed', link: 'expired' },
      { kind: 'member', name: 'Zoe', role: 'admin', status: 'suspended', email: suspended.email },
    ]);
    expect(more).toBe(false);
  }),
);

test(
  'last activity is the later of last visit and key use; requests today count only the own key',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const app = await anApplication(db, owner);
    const other = await aMember(db, 'member', owner);
    await rename(db, other, 'Other');
    await setMember(db, other, { createdAt: daysAgo(200), statusAt: daysAgo(200) });
    const [seen, used] = [daysAgo(40), daysAgo(35)];
    await setMember(db, other, { lastSeenAt: seen });
    const own = await aCredential(db, app, { memberId: other.memberId });
    const made = await aCredential(db, app, { createdBy: other.memberId });
    await calls(db, made, used, 9);

    const row = async () => (await listMembers({ db, member: owner }, { search: 'Other' })).people[0]!;
    expect(await row()).toMatchObject({ lastActivityAt: used, inactiveDays: 30, requestsToday: 0 });

    const now = new Date();
    await calls(db, own, now, 4);
    await calls(db, own, daysAgo(1), 5);
    expect(await row()).toMatchObject({ lastActivityAt: now, inactiveDays: null, requestsToday: 4 });
  }),
);

test.each([
  [29, null],
  [31, 30],
  [61, 60],
  [91, 90],
])('%s days without activity are shown as inactive for %s', (days, inactiveDays) =>
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    await setMember(db, owner, { createdAt: daysAgo(days), statusAt: daysAgo(days) });

    expect((await listMembers({ db, member: owner })).people).toMatchObject([
      { inactiveDays, lastActivityAt: null },
    ]);
    expect((await countMembers({ db, member: owner })).inactive).toBe(inactiveDays === null ? 0 : 1);
  })(),
);

test(
  'a member sees no invitations and no activity of others, and can’t infer it from the order',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    await rename(db, owner, 'Ann');
    await setMember(db, owner, { lastSeenAt: daysAgo(1) });
    const member = await aMember(db, 'member', owner);
    await rename(db, member, 'Max');
    await setMember(db, member, { lastSeenAt: daysAgo(2) });
    await anInvitation(db, owner, 'Al');

    for (const order of ['asc', 'desc'] as const) {
      const { people } = await listMembers({ db, member }, { sort: 'activity', order });
      expect(people).toMatchObject([
        { name: 'Max', requestsToday: 0, lastActivityAt: expect.any(Date) },
        { name: 'Ann', requestsToday: null, lastActivityAt: null, inactiveDays: null },
      ]);
    }
    expect(await countMembers({ db, member })).toEqual({
      ...{ active: 2, suspended: 0, owners: 1, admins: 0 },
      ...{ pending: null, inactive: null },
    });
  }),
);

test(
  'search, role, status and sort filter and order the list',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    await rename(db, owner, '100% Ada');
    const second = await aMember(db, 'member', owner);
    await rename(db, second, 'Bo');
    await setMember(db, second, { status: 'suspended' });
    await anInvitation(db, owner, 'Cy', { role: 'admin' });
    const list = async (filter: Partial<MembersFilter>) =>
      named(await listMembers({ db, member: owner }, filter));

    expect(await list({ search: '0%' })).toEqual(['100% Ada']);
    expect(await list({ search: '_' })).toEqual([]);
    expect(await list({ search: 'CY-' })).toEqual(['Cy']);
    expect(await list({ role: 'member' })).toEqual(['Bo']);
    expect(await list({ status: 'pending' })).toEqual(['Cy']);
    expect(await list({ sort: 'name', order: 'desc' })).toEqual(['Cy', 'Bo', '100% Ada']);
    expect(await list({ sort: 'role', order: 'desc' })).toEqual(['Bo', 'Cy', '100% Ada']);
    expect(await list({ sort: 'status' })).toEqual(['100% Ada', 'Cy', 'Bo']);
    expect(await list({ sort: 'requests', order: 'desc' })).toEqual(['100% Ada', 'Bo', 'Cy']);
  }),
);

test(
  'a full page indicates that there are more members, and the next page continues where it ended',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    await rename(db, owner, 'zz');
    for (let i = 0; i < MEMBERS_PAGE; i++) await anInvitation(db, owner, `P${String(i).padStart(3, '0')}`);

    const first = await listMembers({ db, member: owner });
    expect([first.people.length, first.more]).toEqual([MEMBERS_PAGE, true]);
    const next = await listMembers({ db, member: owner }, { page: 2 });
    expect([named(next), next.more]).toEqual([['zz'], false]);
  }),
);

test(
  'an invitation shows when the team has no seats left, like its page',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    await anInvitation(db, owner, 'Al');
    await db.update(teams).set({ membersMax: 1 }).where(eq(teams.id, owner.teamId));
    const link = async () =>
      (await listMembers({ db, member: owner }, { status: 'pending' })).people[0]?.link;

    expect(await link()).toBe('team_full');
    await db.update(teams).set({ membersMax: 2 }).where(eq(teams.id, owner.teamId));
    expect(await link()).toBe('open');
  }),
);

test(
  'someone who rejoins or is reactivated doesn’t count as inactive for the time before',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    await setMember(db, owner, { createdAt: daysAgo(200), statusAt: daysAgo(1), lastSeenAt: daysAgo(100) });

    expect((await listMembers({ db, member: owner })).people).toMatchObject([{ inactiveDays: null }]);
  }),
);

test(
  'the overview counts each status, and active owners and admins',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    await aMember(db, 'admin', owner);
    await setMember(db, await aMember(db, 'admin', owner), { status: 'suspended' });
    await setMember(db, await aMember(db, 'owner', owner), { status: 'removed' });
    await anInvitation(db, owner, 'Al');
    await aMember(db, 'owner');

    expect(await countMembers({ db, member: owner })).toEqual({
      ...{ active: 2, suspended: 1, pending: 1 },
      ...{ owners: 1, admins: 1, inactive: 0 },
    });
  }),
);

test('an invalid query parameter counts as absent', () => {
  expect(
    MembersFilter.parse({ search: ' ', role: 'root', status: 'removed', sort: 'password_hash', page: '1e9' }),
  ).toEqual({});
  expect(MembersFilter.parse({ search: 'a\0b' })).toEqual({});
});
