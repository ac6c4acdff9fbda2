import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { members } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { SetApplicationCap, setApplicationCap } from '#lib/applications/set-application-cap.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, anApplication } from '#tests/support/factories.ts';
import { SetMemberCap, setMemberCap } from './set-member-cap.ts';

const epoch = async (db: Db) => Number((await db.select().from(accessEpoch))[0]?.epoch);

test(
  'an owner limits a member: announced, audited, and removed by an empty field',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { memberId } = await aMember(db, 'member', member);
    const before = await epoch(db);
    const cap = async () => (await db.select().from(members).where(eq(members.id, memberId)))[0]?.dailyCap;

    expect(await setMemberCap({ db, member }, { memberId, dailyCap: 50 })).toMatchObject({
      ...{ ok: true, receipt: { epoch: before + 1 } },
    });
    expect(await cap()).toBe(50);
    expect(await auditTrail(db)).toMatchObject([
      {
        ...{ action: 'member.set_cap', subjectId: memberId, actorMemberId: member.memberId },
        ...{ before: { dailyCap: null }, after: { dailyCap: 50 } },
      },
    ]);
    expect(await setMemberCap({ db, member }, { memberId, dailyCap: 50 }), 'the same cap').toEqual({
      ...{ ok: true, receipt: null },
    });
    expect(await auditTrail(db)).toHaveLength(1);
    expect(await epoch(db)).toBe(before + 1);
    await setMemberCap({ db, member }, SetMemberCap.parse({ memberId, dailyCap: '' }));
    expect(await cap()).toBeNull();
  }),
);

test(
  'an owner limits an app: announced and audited',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { id, publicId: appId } = await anApplication(db, member);
    const before = await epoch(db);

    expect(
      await setApplicationCap({ db, member }, SetApplicationCap.parse({ appId, dailyCap: '0' })),
    ).toMatchObject({ ok: true, receipt: { epoch: before + 1 } });
    const [row] = await db.select().from(applications).where(eq(applications.id, id));
    expect(row?.dailyCap).toBe(0);
    expect(await auditTrail(db)).toMatchObject([
      { action: 'application.set_cap', subjectId: appId, after: { dailyCap: 0 } },
    ]);
  }),
);

test(
  'another team’s members and apps look absent, and so do removed members',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const stranger = await aMember(db, 'owner');
    const removed = await aMember(db, 'member', member);
    await db.update(members).set({ status: 'removed' }).where(eq(members.id, removed.memberId));
    const { publicId } = await anApplication(db, stranger);
    const before = await epoch(db);
    const absent = { ok: false, reason: 'not_found' };

    for (const { memberId } of [stranger, removed])
      expect(await setMemberCap({ db, member }, { memberId, dailyCap: 1 })).toEqual(absent);
    expect(await setApplicationCap({ db, member }, { appId: publicId, dailyCap: 1 })).toEqual(absent);
    expect(await epoch(db)).toBe(before);
  }),
);

test(
  'only owners set limits',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    const { memberId } = member;
    const { publicId: appId } = await anApplication(db, member);
    await expect(setMemberCap({ db, member }, { memberId, dailyCap: 1 })).rejects.toThrow(Forbidden);
    await expect(setApplicationCap({ db, member }, { appId, dailyCap: 1 })).rejects.toThrow(Forbidden);
  }),
);
