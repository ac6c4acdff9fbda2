import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { endpoints } from '#db/schema/catalog.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { CreateApplication, createApplication } from './create-application.ts';

const details = { title: 'Storefront', description: 'Sells things' };

test(
  'an application is created with its endpoints and audited',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    const { endpointIds } = await anApi(db, ['GET /a', 'GET /b']);

    const created = await createApplication({ db, member }, { ...details, endpointIds });

    if (!created.ok) throw new Error(created.reason);
    expect(created.appId).toMatch(/^app_[0-9A-Za-z]{16}$/);
    const [row] = await db.select().from(applications).where(eq(applications.publicId, created.appId));
    expect(row).toMatchObject({ ...details, teamId: member.teamId, createdBy: member.memberId });
    expect(await db.$count(applicationEndpoints, eq(applicationEndpoints.applicationId, row!.id))).toBe(2);
    expect(await auditTrail(db, eq(auditEvents.teamId, member.teamId))).toMatchObject([
      { action: 'application.create', subjectId: created.appId, actorMemberId: member.memberId },
    ]);
  }),
);

test(
  'with an unknown or removed endpoint, nothing is created',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { endpointIds } = await anApi(db, ['GET /a', 'GET /b']);
    await db.update(endpoints).set({ removedAt: new Date() }).where(eq(endpoints.id, endpointIds[1]!));
    const removedApi = await anApi(db, ['GET /c'], { removedAt: new Date() });
    const refused = { ok: false, reason: 'unknown_endpoint' };

    for (const ids of [endpointIds, [crypto.randomUUID()], removedApi.endpointIds]) {
      expect(await createApplication({ db, member }, { ...details, endpointIds: ids })).toEqual(refused);
    }
    expect(await db.$count(applications, eq(applications.teamId, member.teamId))).toBe(0);
  }),
);

test(
  'a member is rejected',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const { endpointIds } = await anApi(db);

    await expect(createApplication({ db, member }, { ...details, endpointIds })).rejects.toThrow(Forbidden);
  }),
);

test('at least one endpoint is required, and duplicates count once', () => {
  const id = crypto.randomUUID();

  expect(CreateApplication.safeParse({ ...details, endpointIds: [] }).error?.issues[0]?.message).toBe(
    'Select at least one endpoint.',
  );
  expect(CreateApplication.parse({ ...details, endpointIds: [id, id] }).endpointIds).toEqual([id]);
});

test('unknown fields are dropped', () => {
  const input = {
    ...details,
    endpointIds: [crypto.randomUUID()],
    teamId: 'x',
    isDefault: true,
    archivedAt: 1,
  };

  expect(Object.keys(CreateApplication.parse(input))).toEqual(['title', 'description', 'endpointIds']);
});
