import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { outbox } from '#db/schema/mail.ts';
import { members } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { settings } from '#tests/support/settings.ts';
import { ChangeRole, changeRole } from './change-role.ts';

const roleOf = async (db: Db, memberId: string) =>
  (await db.select().from(members).where(eq(members.id, memberId)))[0]!.role;

test(
  'an owner makes a member admin: they get an email, and the audit log has both roles',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const other = await aMember(db, 'member', owner);

    const changed = await changeRole(
      { db, member: owner, settings },
      { memberId: other.memberId, role: 'admin' },
    );

    expect(changed).toEqual({ ok: true });
    expect(await roleOf(db, other.memberId)).toBe('admin');
    expect(await auditTrail(db, eq(auditEvents.teamId, owner.teamId))).toMatchObject([
      {
        action: 'member.change_role',
        subjectId: other.memberId,
        before: { role: 'member' },
        after: { role: 'admin' },
      },
    ]);
    expect(await db.select().from(outbox).where(eq(outbox.recipient, other.email))).toMatchObject([
      { template: 'role-changed' },
    ]);
  }),
);

test.each(['admin', 'member'] as const)('%ss can’t change roles', (role) =>
  withDb(async (db) => {
    const actor = await aMember(db, role);
    const other = await aMember(db, 'member', actor);

    const attempt = changeRole({ db, member: actor, settings }, { memberId: other.memberId, role: 'admin' });

    await expect(attempt).rejects.toThrow(Forbidden);
    expect(await roleOf(db, other.memberId)).toBe('member');
  })(),
);

test(
  'nobody changes their own role, even if there is another owner',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    await aMember(db, 'owner', owner);

    expect(
      await changeRole({ db, member: owner, settings }, { memberId: owner.memberId, role: 'member' }),
    ).toEqual({
      ok: false,
      reason: 'self',
    });
    expect(await roleOf(db, owner.memberId)).toBe('owner');
  }),
);

test(
  "another team's member looks absent, and so does a removed one",
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const stranger = await aMember(db, 'member');
    const gone = await aMember(db, 'member', owner);
    await db.update(members).set({ status: 'removed' }).where(eq(members.id, gone.memberId));

    for (const { memberId } of [stranger, gone]) {
      expect(await changeRole({ db, member: owner, settings }, { memberId, role: 'admin' })).toEqual({
        ok: false,
        reason: 'not_found',
      });
      expect(await roleOf(db, memberId)).toBe('member');
    }
  }),
);

test(
  'setting the current role changes nothing and sends no email',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const other = await aMember(db, 'admin', owner);

    expect(
      await changeRole({ db, member: owner, settings }, { memberId: other.memberId, role: 'admin' }),
    ).toEqual({
      ok: false,
      reason: 'unchanged',
    });
    expect(await db.$count(outbox, eq(outbox.recipient, other.email))).toBe(0);
  }),
);

test(
  'an owner demoted since the page was loaded can’t change roles',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const other = await aMember(db, 'member', owner);
    await db.update(members).set({ role: 'admin' }).where(eq(members.id, owner.memberId));

    const attempt = changeRole({ db, member: owner, settings }, { memberId: other.memberId, role: 'owner' });

    await expect(attempt).rejects.toThrow(Forbidden);
  }),
);

test('unknown fields are dropped', () => {
  const memberId = crypto.randomUUID();
  const input = { memberId, role: 'admin', teamId: crypto.randomUUID(), status: 'active' };

  expect(ChangeRole.parse(input)).toEqual({ memberId, role: 'admin' });
  expect(ChangeRole.safeParse({ memberId, role: 'root' }).success).toBe(false);
});
