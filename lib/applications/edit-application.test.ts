import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { applications } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, anApplication } from '#tests/support/factories.ts';
import { editApplication } from './edit-application.ts';

const details = { title: 'New title', description: 'New description' };

test(
  'title and description change, and both states are audited',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member, { title: 'Old title' });
    const other = await anApplication(db, member, { title: 'Untouched' });

    expect(await editApplication({ db, member }, { appId: app.publicId, ...details })).toEqual({ ok: true });

    expect(await db.select().from(applications).where(eq(applications.id, app.id))).toMatchObject([details]);
    expect(await db.select().from(applications).where(eq(applications.id, other.id))).toMatchObject([
      { title: 'Untouched' },
    ]);
    expect(await auditTrail(db, eq(auditEvents.subjectId, app.publicId))).toMatchObject([
      { action: 'application.edit', before: { title: 'Old title' }, after: details },
    ]);
  }),
);

test(
  "another team's application looks absent and is unchanged",
  withDb(async (db) => {
    const app = await anApplication(db, await aMember(db, 'owner'), { title: 'Theirs' });
    const member = await aMember(db, 'owner');

    expect(await editApplication({ db, member }, { appId: app.publicId, ...details })).toEqual({
      ok: false,
      reason: 'not_found',
    });
    expect(await db.select().from(applications).where(eq(applications.id, app.id))).toMatchObject([
      { title: 'Theirs' },
    ]);
  }),
);

test(
  'a member is rejected',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const app = await anApplication(db, member);

    await expect(editApplication({ db, member }, { appId: app.publicId, ...details })).rejects.toThrow(
      Forbidden,
    );
  }),
);
