import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, anApplication } from '#tests/support/factories.ts';
import { archiveApplication } from './archive-application.ts';
import { restoreApplication } from './restore-application.ts';

const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;
const rowOf = async (db: Db, id: string) =>
  (await db.select().from(applications).where(eq(applications.id, id)))[0]!;

test(
  'archiving and restoring raise the epoch and are audited',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const bystander = await anApplication(db, member);
    const before = await epochOf(db);

    const archived = await archiveApplication({ db, member }, { appId: app.publicId });

    expect(archived).toMatchObject({ ok: true, receipt: { epoch: before + 1 } });
    expect((await rowOf(db, app.id)).archivedAt).not.toBeNull();
    expect((await rowOf(db, bystander.id)).archivedAt).toBeNull();

    expect(await restoreApplication({ db, member }, { appId: app.publicId })).toEqual({ ok: true });

    expect((await rowOf(db, app.id)).archivedAt).toBeNull();
    expect(await epochOf(db)).toBe(before + 2);
    const lines = await auditTrail(db, eq(auditEvents.subjectId, app.publicId));
    expect(lines.map((line) => line.action)).toEqual(['application.archive', 'application.restore']);
  }),
);

test(
  'repeating it is reported and changes nothing',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { publicId: appId } = await anApplication(db, member);

    expect(await restoreApplication({ db, member }, { appId })).toEqual({
      ok: false,
      reason: 'not_archived',
    });
    await archiveApplication({ db, member }, { appId });
    const epoch = await epochOf(db);
    expect(await archiveApplication({ db, member }, { appId })).toEqual({
      ok: false,
      reason: 'already_archived',
    });
    expect(await epochOf(db)).toBe(epoch);
  }),
);

test(
  "another team's application looks absent and is unchanged",
  withDb(async (db) => {
    const theirs = await anApplication(db, await aMember(db, 'owner'));
    const put = await anApplication(db, await aMember(db, 'owner'), { archivedAt: new Date() });
    const member = await aMember(db, 'owner');
    const absent = { ok: false, reason: 'not_found' };

    expect(await archiveApplication({ db, member }, { appId: theirs.publicId })).toEqual(absent);
    expect(await restoreApplication({ db, member }, { appId: put.publicId })).toEqual(absent);
    expect((await rowOf(db, theirs.id)).archivedAt).toBeNull();
    expect((await rowOf(db, put.id)).archivedAt).not.toBeNull();
  }),
);

test(
  'a member can’t archive or restore',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const { publicId: appId } = await anApplication(db, member);

    await expect(archiveApplication({ db, member }, { appId })).rejects.toThrow(Forbidden);
    await expect(restoreApplication({ db, member }, { appId })).rejects.toThrow(Forbidden);
  }),
);
