import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { outbox } from '#db/schema/mail.ts';
import { members } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Role } from '#lib/access/permissions.ts';
import { findSession, openSession } from '#lib/access/session.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { settings } from '#tests/support/settings.ts';
import { activateMember } from './activate-member.ts';
import { RemoveMember, removeMember } from './remove-member.ts';

const statusOf = async (db: Db, memberId: string) =>
  (await db.select().from(members).where(eq(members.id, memberId)))[0]!.status;
const keyOf = async (db: Db, id: string) =>
  (await db.select().from(credentials).where(eq(credentials.id, id)))[0]!;
const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;

/** A member with an own key, an app key they created, and one that the owner created. */
async function aDeparture(db: Db) {
  const owner = await aMember(db, 'owner');
  const other = await aMember(db, 'member', owner);
  const app = await anApplication(db, owner);
  const own = await aCredential(db, app, { memberId: other.memberId, createdBy: other.memberId });
  const made = await aCredential(db, app, { createdBy: other.memberId });
  const foreign = await aCredential(db, app, { createdBy: owner.memberId });
  return { owner, other, own, made, foreign };
}

test(
  'removing permanently revokes the own key, keeps the app keys they created, and sends an email',
  withDb(async (db) => {
    const { owner, other, own, made, foreign } = await aDeparture(db);
    const { memberId } = other;
    const token = await openSession(db, other.userId, { ip: null, userAgent: null });
    const before = await epochOf(db);

    const removed = await removeMember(
      { db, member: owner, settings },
      { memberId, applicationKeys: 'keep' },
    );

    expect(removed).toMatchObject({ ok: true, revokedKeys: 1, receipt: { epoch: before + 2 } });
    expect(await statusOf(db, memberId)).toBe('removed');
    expect(await findSession(db, token, null), 'signed in for other teams').toMatchObject({
      userId: other.userId,
    });
    expect(await keyOf(db, own.id)).toMatchObject({ status: 'revoked', revokedBy: owner.memberId });
    expect((await keyOf(db, made.id)).status).toBe('active');
    expect((await keyOf(db, foreign.id)).status).toBe('active');
    const lines = await auditTrail(db, eq(auditEvents.teamId, owner.teamId));
    expect(lines.map((line) => [line.action, line.subjectId])).toEqual([
      ['member.remove', memberId],
      ['credential.revoke', own.keyId],
    ]);
    expect(await db.select().from(outbox).where(eq(outbox.recipient, other.email))).toMatchObject([
      { template: 'member-removed' },
    ]);
  }),
);

test(
  'if requested, it also revokes the app keys they created, and announces each',
  withDb(async (db) => {
    const { owner, other, own, made, foreign } = await aDeparture(db);
    const before = await epochOf(db);

    const input = { memberId: other.memberId, applicationKeys: 'revoke' } as const;
    const removed = await removeMember({ db, member: owner, settings }, input);

    expect(removed).toMatchObject({ ok: true, revokedKeys: 2, receipt: { epoch: before + 3 } });
    expect((await keyOf(db, own.id)).status).toBe('revoked');
    expect((await keyOf(db, made.id)).status).toBe('revoked');
    expect((await keyOf(db, foreign.id)).status).toBe('active');
  }),
);

test(
  'a removed member looks absent: they can’t be removed again or reactivated',
  withDb(async (db) => {
    const { owner, other } = await aDeparture(db);
    const { memberId } = other;
    const remove = () => removeMember({ db, member: owner, settings }, { memberId, applicationKeys: 'keep' });
    await remove();

    expect(await remove()).toEqual({ ok: false, reason: 'not_found' });
    expect(await activateMember({ db, member: owner }, { memberId })).toEqual({
      ok: false,
      reason: 'not_found',
    });
    expect(await statusOf(db, memberId)).toBe('removed');
  }),
);

test.each<[Role, Role, boolean]>([
  ['owner', 'owner', true],
  ['owner', 'admin', true],
  ['owner', 'member', true],
  ['admin', 'owner', false],
  ['admin', 'admin', false],
  ['admin', 'member', true],
  ['member', 'admin', false],
  ['member', 'member', false],
])('as %s of %s: %s', (role, over, allowed) =>
  withDb(async (db) => {
    const actor = await aMember(db, role);
    const other = await aMember(db, over, actor);

    const attempt = removeMember(
      { db, member: actor, settings },
      { memberId: other.memberId, applicationKeys: 'keep' },
    );

    if (allowed) expect(await attempt).toMatchObject({ ok: true });
    else await expect(attempt).rejects.toThrow(Forbidden);
    expect(await statusOf(db, other.memberId)).toBe(allowed ? 'removed' : 'active');
  })(),
);

test(
  "nobody can remove themselves, and another team's member looks absent",
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const stranger = await aMember(db, 'member');
    const remove = (memberId: string) =>
      removeMember({ db, member: owner, settings }, { memberId, applicationKeys: 'revoke' });

    expect(await remove(owner.memberId)).toEqual({ ok: false, reason: 'self' });
    expect(await remove(stranger.memberId)).toEqual({ ok: false, reason: 'not_found' });
    expect(await statusOf(db, owner.memberId)).toBe('active');
    expect(await statusOf(db, stranger.memberId)).toBe('active');
  }),
);

test('app keys are kept by default', () => {
  expect(RemoveMember.parse({ memberId: crypto.randomUUID() }).applicationKeys).toBe('keep');
});
