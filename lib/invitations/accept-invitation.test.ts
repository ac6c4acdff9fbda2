import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connect, type Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { invitations, members, teams } from '#db/schema/teams.ts';
import { findMember, type Member } from '#lib/access/member.ts';
import { passwordMatches } from '#lib/accounts/password.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aMember, aUser } from '#tests/support/factories.ts';
import { anInvitation, mailsOf, tokenOfLink } from '#tests/support/invitations.ts';
import { settings } from '#tests/support/settings.ts';
import { AcceptAsNewPerson, acceptAsNewPerson, acceptInvitation } from './accept-invitation.ts';
import { cancelInvitation } from './cancel-invitation.ts';
import { copyInvitationLink } from './copy-invitation-link.ts';
import { findInvitation } from './find-invitation.ts';

// A thousand real hashes take half a minute, and this tests everything else.
const hashing = vi.hoisted(() => ({ stub: false }));
vi.mock('#lib/accounts/password.ts', async (original) => {
  const real = await original<typeof import('#lib/accounts/password.ts')>();
  return { ...real, hashPassword: async (text: string) => (hashing.stub ? 'stub' : real.hashPassword(text)) };
});

const password = 'sunlit harbour ninety geese';
const newPerson = (token: string) => AcceptAsNewPerson.parse({ token, name: ' Grace Hopper ', password });
const unusable = { ok: false, reason: 'unusable' };

test(
  'a new person gets a verified account and the membership, and can sign in immediately',
  withDb(async (db) => {
    const inviter = await aMember(db, 'owner');
    const { token, email, id } = await anInvitation(db, inviter, { role: 'admin' });

    expect(await acceptAsNewPerson({ db, ip: '192.0.2.9', settings }, newPerson(token))).toEqual({
      ...{ ok: true, slug: inviter.teamSlug, email },
    });

    const [user] = await db.select().from(users).where(eq(users.email, email));
    expect(user).toMatchObject({ name: 'Grace Hopper', isOperator: false });
    expect(user?.emailVerifiedAt).not.toBeNull();
    const [row] = await db.select().from(members).where(eq(members.userId, user!.id));
    expect(row).toMatchObject({ teamId: inviter.teamId, role: 'admin', status: 'active' });
    expect(await db.select().from(invitations)).toMatchObject([{ id, acceptedBy: row!.id }]);
    expect(await passwordMatches(password, user!.passwordHash)).toBe(true);
    expect(await mailsOf(db, 'invitation-accepted')).toMatchObject([
      { to: inviter.email, props: { joined: 'Grace Hopper' } },
    ]);
    expect((await auditTrail(db)).map(({ action }) => action)).toEqual([
      ...['member.invite', 'account.create', 'invitation.accept'],
    ]);
  }),
);

test(
  'address and role come from the invitation, never from the form',
  withDb(async (db) => {
    const inviter = await aMember(db, 'owner');
    const { token, email } = await anInvitation(db, inviter);
    const forged = { email: 'evil@example.com', role: 'owner', teamId: crypto.randomUUID() };

    await acceptAsNewPerson(
      { db, ip: null, settings },
      AcceptAsNewPerson.parse({ token, name: 'G', password, ...forged }),
    );

    expect(await db.$count(users, eq(users.email, forged.email))).toBe(0);
    const [user] = await db.select().from(users).where(eq(users.email, email));
    expect(await db.select().from(members).where(eq(members.userId, user!.id))).toMatchObject([
      { role: 'member' },
    ]);
  }),
);

test(
  'an existing account joins only while its owner is signed in',
  withDb(async (db) => {
    const inviter = await aMember(db, 'owner');
    const user = await aUser(db);
    const { token } = await anInvitation(db, inviter, { email: user.email });

    expect(await acceptAsNewPerson({ db, ip: null, settings }, newPerson(token))).toEqual({
      ...{ ok: false, reason: 'account_exists' },
    });
    expect(await acceptInvitation({ db, user, settings }, { token })).toEqual({
      ok: true,
      slug: inviter.teamSlug,
    });

    expect(await findMember(db, user, inviter.teamSlug)).toMatchObject({ role: 'member' });
    expect(await acceptInvitation({ db, user, settings }, { token })).toEqual(unusable);
    expect(await findInvitation({ db, user, settings }, { token })).toMatchObject({
      state: 'already_member',
    });
    expect(await findInvitation({ db, user: null, settings }, { token })).toEqual({ state: 'unusable' });
  }),
);

test(
  'signed in as someone else, nothing changes',
  withDb(async (db) => {
    const inviter = await aMember(db, 'owner');
    const { token } = await anInvitation(db, inviter);
    const user = await aUser(db);

    expect(await acceptInvitation({ db, user, settings }, { token })).toEqual({
      ok: false,
      reason: 'other_person',
    });

    expect(await findMember(db, user, inviter.teamSlug)).toBeNull();
    expect(await db.select().from(invitations)).toMatchObject([{ acceptedAt: null }]);
  }),
);

test(
  'a removed member gets their row back with the new role; a suspension stays',
  withDb(async (db) => {
    const inviter = await aMember(db, 'owner');
    const user = await aUser(db);
    const values = { teamId: inviter.teamId, userId: user.userId, role: 'admin' as const };
    const [old] = await db
      .insert(members)
      .values({ ...values, status: 'removed', guidelinesConfirmedAt: new Date() })
      .returning();
    const { token } = await anInvitation(db, inviter, { email: user.email });

    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, old!.id));
    expect(await acceptInvitation({ db, user, settings }, { token })).toEqual(unusable);
    await db.update(members).set({ status: 'removed' }).where(eq(members.id, old!.id));
    expect(await acceptInvitation({ db, user, settings }, { token })).toMatchObject({ ok: true });

    expect(await db.select().from(members).where(eq(members.userId, user.userId))).toMatchObject([
      { id: old!.id, role: 'member', status: 'active', guidelinesConfirmedAt: null },
    ]);
  }),
);

test(
  'a weak password is rejected with a reason, and the invitation stays open',
  withDb(async (db) => {
    const inviter = await aMember(db, 'owner');
    const { token } = await anInvitation(db, inviter, { email: 'gracehopper@navy.example' });

    const weak = { token, name: 'Grace Hopper', password: 'gracehoppergracehopper' };
    expect(await acceptAsNewPerson({ db, ip: null, settings }, weak)).toMatchObject({
      ok: false,
      reason: 'weak_password',
    });
    expect(AcceptAsNewPerson.safeParse({ token, name: 'Grace', password: 'short' }).success).toBe(false);
    expect(await db.select().from(invitations)).toMatchObject([{ acceptedAt: null }]);
  }),
);

test(
  'a copied link doesn’t verify the mailbox: the new account still has to verify its address',
  withDb(async (db) => {
    const inviter = await aMember(db, 'owner');
    const { id, email } = await anInvitation(db, inviter);
    const copied = await copyInvitationLink({ db, member: inviter, settings }, { invitationId: id });
    if (!copied.ok) throw new Error(copied.reason);

    expect(
      await acceptAsNewPerson({ db, ip: null, settings }, newPerson(tokenOfLink(copied.link))),
    ).toMatchObject({
      ok: true,
    });

    expect(await db.select().from(users).where(eq(users.email, email))).toMatchObject([
      { emailVerifiedAt: null },
    ]);
    expect(await mailsOf(db, 'verify-email')).toMatchObject([{ to: email }]);
  }),
);

test(
  'an emailed link verifies an account’s address',
  withDb(async (db) => {
    const user = await aUser(db, { emailVerifiedAt: null });
    const { token } = await anInvitation(db, await aMember(db, 'owner'), { email: user.email });

    await acceptInvitation({ db, user, settings }, { token });

    const [row] = await db.select().from(users).where(eq(users.id, user.userId));
    expect(row?.emailVerifiedAt).not.toBeNull();
  }),
);

const KILLED: [string, (db: Db, inviter: Member) => Promise<unknown>][] = [
  ['expired', (db) => db.update(invitations).set({ expiresAt: new Date(0) })],
  ['cancelled', (db) => db.update(invitations).set({ cancelledAt: new Date() })],
  ['used', (db) => db.update(invitations).set({ acceptedAt: new Date() })],
  [
    'superseded',
    (db) =>
      db.update(invitations).set({ generation: 2, tokenDigest: sql`sha256(${invitations.tokenDigest})` }),
  ],
  ['from a deleted team', (db) => db.update(teams).set({ deletedAt: new Date() })],
];

test.each<[string, Partial<typeof members.$inferInsert>]>([
  ['removed', { status: 'removed' }],
  ['suspended', { status: 'suspended' }],
  ['demoted', { role: 'member' }],
])('the inviter %s, people still join, and the owner is notified instead', (_, values) =>
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const inviter = await aMember(db, 'admin', owner);
    const user = await aUser(db);
    const known = await anInvitation(db, inviter, { email: user.email });
    const fresh = await anInvitation(db, inviter);
    await db.update(members).set(values).where(eq(members.id, inviter.memberId));

    expect(await acceptInvitation({ db, user, settings }, known)).toEqual({ ok: true, slug: owner.teamSlug });
    expect(await acceptAsNewPerson({ db, ip: null, settings }, newPerson(fresh.token))).toMatchObject({
      ok: true,
    });

    const mails = await mailsOf(db, 'invitation-accepted');
    expect(mails.map(({ to }) => to)).toEqual([owner.email, owner.email]);
  })(),
);

test.each(KILLED)('nobody can join with an invitation that is %s', (_, kill) =>
  withDb(async (db) => {
    const inviter = await aMember(db, 'admin');
    const user = await aUser(db);
    const known = await anInvitation(db, inviter, { email: user.email });
    const fresh = await anInvitation(db, inviter);
    await kill(db, inviter);
    const before = await db.$count(members);

    expect(await acceptInvitation({ db, user, settings }, known)).toEqual(unusable);
    expect(await acceptAsNewPerson({ db, ip: null, settings }, newPerson(fresh.token))).toEqual(unusable);

    expect(await db.$count(members)).toBe(before);
    expect(await db.$count(users, eq(users.email, fresh.email))).toBe(0);
  })(),
);

let own: OwnDatabase;
let second: ReturnType<typeof connect>;
beforeAll(async () => {
  own = await ownDatabase();
  second = connect(own.url);
});
afterAll(async () => {
  await second.sql.end();
  await own.drop();
});

test('if fifty accept at once, over two processes, exactly one succeeds', {
  timeout: 90_000,
}, async () => {
  const { db } = own;
  hashing.stub = true;
  const inviter = await aMember(db, 'owner');
  for (let round = 0; round < 20; round++) {
    // Alternates between a new person and an existing account.
    const user = round % 2 ? await aUser(db) : null;
    const { token, email } = await anInvitation(db, inviter, user ? { email: user.email } : {});
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, i) => {
        const on = i % 2 ? db : second.db;
        return user
          ? acceptInvitation({ db: on, user, settings }, { token })
          : acceptAsNewPerson({ db: on, ip: null, settings }, newPerson(token));
      }),
    );

    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    const rows = await db
      .select({ status: members.status })
      .from(users)
      .innerJoin(members, eq(members.userId, users.id))
      .where(eq(users.email, email));
    expect(rows).toEqual([{ status: 'active' }]);
    expect(await db.$count(users, eq(users.email, email))).toBe(1);
  }
  expect(await mailsOf(db, 'invitation-accepted')).toHaveLength(20);
  hashing.stub = false;
});

test('if a cancellation and ten acceptances run at once, exactly one succeeds', async () => {
  const { db } = own;
  const member = await aMember(db, 'owner');
  for (let round = 0; round < 10; round++) {
    const user = await aUser(db);
    const { id, token } = await anInvitation(db, member, { email: user.email });
    const outcomes = await Promise.all([
      ...Array.from({ length: 5 }, () => acceptInvitation({ db, user, settings }, { token })),
      cancelInvitation({ db, member }, { invitationId: id }),
      ...Array.from({ length: 5 }, () => acceptInvitation({ db: second.db, user, settings }, { token })),
    ]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  }
});
