import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { applications } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { createApplicationWithKeys } from './create-application-with-keys.ts';

const details = { title: 'Storefront', description: '' };

test(
  'the application and its first key pair are created together',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { endpointIds } = await anApi(db);

    const created = await createApplicationWithKeys({ db, member }, { ...details, endpointIds });

    if (!created.ok) throw new Error(created.reason);
    const [app] = await db.select().from(applications).where(eq(applications.publicId, created.appId));
    expect(await db.select().from(credentials).where(eq(credentials.applicationId, app!.id))).toMatchObject([
      { keyId: created.keys.keyId, environment: 'production', expiresAt: null },
    ]);
    const lines = await auditTrail(db, eq(auditEvents.teamId, member.teamId));
    expect(lines.map((line) => line.action)).toEqual(['application.create', 'credential.issue']);
    expect(JSON.stringify(lines)).not.toContain('lk_sk_');
  }),
);

test(
  'with an unknown endpoint, neither is created',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');

    expect(
      await createApplicationWithKeys({ db, member }, { ...details, endpointIds: [crypto.randomUUID()] }),
    ).toEqual({ ok: false, reason: 'unknown_endpoint' });
    expect(await db.$count(applications, eq(applications.teamId, member.teamId))).toBe(0);
    expect(await db.$count(credentials, eq(credentials.teamId, member.teamId))).toBe(0);
  }),
);

test(
  'a member is rejected',
  withDb(async (db) => {
    const member = await aMember(db, 'member');

    await expect(createApplicationWithKeys({ db, member }, { ...details, endpointIds: [] })).rejects.toThrow(
      Forbidden,
    );
  }),
);
