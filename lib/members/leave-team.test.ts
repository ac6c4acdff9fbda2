import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { leaveTeam } from './leave-team.ts';

const statusOf = async (db: Db, memberId: string) =>
  (await db.select().from(members).where(eq(members.id, memberId)))[0]!.status;

test.each(['admin', 'member'] as const)('an %s leaves; their own key is revoked, app keys stay', (role) =>
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, role, owner);
    const app = await anApplication(db, owner);
    const own = await aCredential(db, app, { memberId: member.memberId });
    const made = await aCredential(db, app, { createdBy: member.memberId });

    expect(await leaveTeam({ db, member })).toMatchObject({ ok: true, receipt: { gateways: 0 } });

    expect(await statusOf(db, member.memberId)).toBe('removed');
    const rows = await db.select().from(credentials).where(eq(credentials.teamId, owner.teamId));
    expect(rows.find((row) => row.id === own.id)?.status).toBe('revoked');
    expect(rows.find((row) => row.id === made.id)?.status).toBe('active');
    const lines = await auditTrail(db, eq(auditEvents.actorMemberId, member.memberId));
    expect(lines.map((line) => line.action)).toEqual(['member.leave', 'credential.revoke']);
  })(),
);

test(
  'the last active owner can’t leave; with another owner they can',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    await aMember(db, 'admin', member);
    const suspended = await aMember(db, 'owner', member);
    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, suspended.memberId));
    await aMember(db, 'owner');

    expect(await leaveTeam({ db, member })).toEqual({ ok: false, reason: 'last_owner' });
    expect(await statusOf(db, member.memberId)).toBe('active');

    await aMember(db, 'owner', member);
    expect(await leaveTeam({ db, member })).toMatchObject({ ok: true });
  }),
);

test(
  'someone who left can’t leave again',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    await leaveTeam({ db, member });

    await expect(leaveTeam({ db, member })).rejects.toThrow(Forbidden);
  }),
);
