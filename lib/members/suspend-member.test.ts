import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { outbox } from '#db/schema/mail.ts';
import { members } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { findMember, type Member, type User } from '#lib/access/member.ts';
import type { Role } from '#lib/access/permissions.ts';
import { findSession, openSession } from '#lib/access/session.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam, aUser } from '#tests/support/factories.ts';
import { aMembership } from '#tests/support/people.ts';
import { settings } from '#tests/support/settings.ts';
import { activateMember } from './activate-member.ts';
import { suspendMember } from './suspend-member.ts';

const rowOf = async (db: Db, { memberId }: Member) =>
  (await db.select().from(members).where(eq(members.id, memberId)))[0]!;
const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;
const asUser = (member: Member): User => ({
  ...member,
  sessionId: crypto.randomUUID(),
  emailVerified: true,
  isOperator: false,
  hasSecondFactor: false,
});

test(
  'a suspended member can’t open the team and gets an email; reactivated, they can again',
  withDb(async (db) => {
    const admin = await aMember(db, 'admin');
    const other = await aMember(db, 'member', admin);
    const { memberId } = other;
    const before = await epochOf(db);
    const openTeam = () => findMember(db, asUser(other), admin.teamSlug);
    expect(await openTeam()).not.toBeNull();

    expect(await suspendMember({ db, member: admin, settings }, { memberId })).toMatchObject({
      ok: true,
      receipt: { epoch: before + 1 },
    });
    expect(await openTeam()).toBeNull();
    expect((await rowOf(db, other)).status).toBe('suspended');
    expect(await db.select().from(outbox).where(eq(outbox.recipient, other.email))).toMatchObject([
      { template: 'member-suspended' },
    ]);

    expect(await activateMember({ db, member: admin }, { memberId })).toEqual({ ok: true });
    expect(await openTeam()).not.toBeNull();
    expect(await epochOf(db)).toBe(before + 2);
    const lines = await auditTrail(db, eq(auditEvents.subjectId, memberId));
    expect(lines.map((line) => line.action)).toEqual(['member.suspend', 'member.activate']);
  }),
);

test(
  'a person suspended from one team stays signed in and keeps their other teams',
  withDb(async (db) => {
    const person = await aUser(db);
    const owner = await aMember(db, 'owner');
    const { teamId, teamSlug } = owner;
    const { memberId } = await aMembership(db, person, 'member', { teamId, teamSlug });
    const other = await aTeam(db);
    await aMembership(db, person, 'member', other);
    const token = await openSession(db, person.userId, { ip: null, userAgent: null });

    await suspendMember({ db, member: owner, settings }, { memberId });

    const user = await findSession(db, token, null);
    expect(user).toMatchObject({ userId: person.userId });
    expect(await findMember(db, user!, owner.teamSlug)).toBeNull();
    expect(await findMember(db, user!, other.teamSlug)).toMatchObject({ role: 'member' });
  }),
);

test(
  'a key revoked while its member was suspended stays revoked when they are reactivated',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const other = await aMember(db, 'member', owner);
    const app = await anApplication(db, owner);
    const revoked = { status: 'revoked', revokedAt: new Date(), memberId: other.memberId } as const;
    const ended = await aCredential(db, app, revoked);
    const kept = await aCredential(db, app, { memberId: other.memberId });

    await suspendMember({ db, member: owner, settings }, { memberId: other.memberId });
    await activateMember({ db, member: owner }, { memberId: other.memberId });

    const statusOf = async (id: string) =>
      (await db.select().from(credentials).where(eq(credentials.id, id)))[0]!.status;
    expect(await statusOf(ended.id)).toBe('revoked');
    expect(await statusOf(kept.id)).toBe('active');
  }),
);

describe.each([
  ['suspend', suspendMember, 'active'],
  ['activate', activateMember, 'suspended'],
] as const)('to %s', (_name, verb, status) => {
  const set = (db: Db, member: Member) =>
    db.update(members).set({ status }).where(eq(members.id, member.memberId));

  test.each<[Role, Role, boolean]>([
    ['owner', 'owner', true],
    ['owner', 'admin', true],
    ['owner', 'member', true],
    ['admin', 'owner', false],
    ['admin', 'admin', false],
    ['admin', 'member', true],
    ['member', 'owner', false],
    ['member', 'admin', false],
    ['member', 'member', false],
  ])('as %s on %s: %s', (role, over, allowed) =>
    withDb(async (db) => {
      const actor = await aMember(db, role);
      const other = await aMember(db, over, actor);
      await set(db, other);

      const attempt = verb({ db, member: actor, settings }, { memberId: other.memberId });

      if (allowed) expect(await attempt).toMatchObject({ ok: true });
      else await expect(attempt).rejects.toThrow(Forbidden);
      expect((await rowOf(db, other)).status === status).toBe(!allowed);
    })(),
  );

  test(
    "nobody can do it to themselves, another team's member looks absent, and a repeated attempt is reported",
    withDb(async (db) => {
      const owner = await aMember(db, 'owner');
      const other = await aMember(db, 'member', owner);
      const stranger = await aMember(db, 'member');
      await Promise.all([set(db, other), set(db, stranger)]);
      const run = ({ memberId }: Member) => verb({ db, member: owner, settings }, { memberId });

      expect(await run(owner)).toEqual({ ok: false, reason: 'self' });
      expect(await run(stranger)).toEqual({ ok: false, reason: 'not_found' });
      expect((await rowOf(db, stranger)).status).toBe(status);
      await run(other);
      expect(await run(other)).toMatchObject({ ok: false, reason: expect.stringMatching(/^already_/) });
    }),
  );

  test(
    'an owner who was suspended since the page was loaded is rejected',
    withDb(async (db) => {
      const owner = await aMember(db, 'owner');
      const other = await aMember(db, 'member', owner);
      await set(db, other);
      await db.update(members).set({ status: 'suspended' }).where(eq(members.id, owner.memberId));

      await expect(verb({ db, member: owner, settings }, { memberId: other.memberId })).rejects.toThrow(
        Forbidden,
      );
    }),
  );
});
