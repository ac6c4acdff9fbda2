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
import { transferOwnership } from './transfer-ownership.ts';

const roleOf = async (db: Db, memberId: string) =>
  (await db.select().from(members).where(eq(members.id, memberId)))[0]!.role;

test(
  'the other member becomes owner and the owner admin; the new owner gets an email',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const heir = await aMember(db, 'member', owner);

    expect(await transferOwnership({ db, member: owner, settings }, { memberId: heir.memberId })).toEqual({
      ok: true,
    });

    expect(await roleOf(db, heir.memberId)).toBe('owner');
    expect(await roleOf(db, owner.memberId)).toBe('admin');
    expect(await auditTrail(db, eq(auditEvents.teamId, owner.teamId))).toMatchObject([
      { action: 'team.transfer', subjectId: heir.memberId, before: { role: 'member' } },
    ]);
    expect(await db.select().from(outbox).where(eq(outbox.recipient, heir.email))).toMatchObject([
      { template: 'role-changed' },
    ]);
  }),
);

test.each(['admin', 'member'] as const)('%ss can’t transfer ownership', (role) =>
  withDb(async (db) => {
    const member = await aMember(db, role);
    const { memberId } = await aMember(db, 'member', member);

    await expect(transferOwnership({ db, member, settings }, { memberId })).rejects.toThrow(Forbidden);
    expect(await roleOf(db, memberId)).toBe('member');
  })(),
);

test(
  "ownership can't be transferred to yourself, a suspended member or another team's member",
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const suspended = await aMember(db, 'admin', owner);
    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, suspended.memberId));
    const stranger = await aMember(db, 'admin');
    const give = (memberId: string) => transferOwnership({ db, member: owner, settings }, { memberId });

    expect(await give(owner.memberId)).toEqual({ ok: false, reason: 'self' });
    expect(await give(suspended.memberId)).toEqual({ ok: false, reason: 'not_active' });
    expect(await give(stranger.memberId)).toEqual({ ok: false, reason: 'not_found' });
    expect(await roleOf(db, owner.memberId)).toBe('owner');
    expect(await roleOf(db, suspended.memberId)).toBe('admin');
  }),
);
