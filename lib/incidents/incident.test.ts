import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { incidents } from '#db/schema/incidents.ts';
import { outbox } from '#db/schema/mail.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { digestSecret } from '#lib/credentials/format.ts';
import { issueOwnKey } from '#lib/credentials/issue-own-key.ts';
import { rotateCredential } from '#lib/credentials/rotate-credential.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { settings } from '#tests/support/settings.ts';
import { AddIncidentNote, addIncidentNote } from './add-incident-note.ts';
import { CloseIncident, closeIncident } from './close-incident.ts';
import { listIncidents } from './list-incidents.ts';
import { markUpdated } from './mark-updated.ts';
import { OpenIncident, openIncident } from './open-incident.ts';
import { readIncident } from './read-incident.ts';
import { reopenIncident } from './reopen-incident.ts';
import { ReplaceKey, replaceKey } from './replace-key.ts';
import { reportIncident } from './report-incident.ts';

const rowOf = async (db: Db, keyId: string) =>
  (await db.select().from(credentials).where(eq(credentials.keyId, keyId)))[0]!;
const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;
const actionsOn = async (db: Db, teamId: string) =>
  (await auditTrail(db, eq(auditEvents.teamId, teamId))).map((line) => [line.action, line.subjectId]);

async function aKey(db: Db, values: Partial<typeof credentials.$inferInsert> = {}) {
  const member = await aMember(db, 'admin');
  const app = await anApplication(db, member, { isDefault: true });
  return { member, app, key: await aCredential(db, app, { name: 'Shop', ...values }) };
}

const open = (db: Db, member: Member, keyId: string, form: Record<string, string> = {}) =>
  openIncident({ db, member, settings }, OpenIncident.parse({ keyId, ...form }));
const replace = (db: Db, member: Member, incidentId: string, name = '') =>
  replaceKey({ db, member }, ReplaceKey.parse({ incidentId, name }));

async function opened(db: Db, member: Member, keyId: string, form: Record<string, string> = {}) {
  const result = await open(db, member, keyId, form);
  if (!result.ok) throw new Error(result.reason);
  return result;
}

test(
  'opening revokes the key with a receipt and creates a replacement that differs only in its name',
  withDb(async (db) => {
    const kept = {
      ...{ environment: 'production' as const, description: 'In the shop', dailyLimit: 50 },
      ...{ allowedIps: ['203.0.113.9'], allowedDomains: ['*.example.com'] },
    };
    const { member, app, key } = await aKey(db, kept);
    const before = await epochOf(db);

    const result = await opened(db, member, key.keyId, { reason: 'Found in a chat', replace: 'on' });

    expect(result.receipt).toMatchObject({ epoch: before + 1 });
    const { replacement, incidentId } = result;
    if (!replacement?.ok || !replacement.keys) throw new Error('no replacement');
    const [old, fresh] = [await rowOf(db, key.keyId), await rowOf(db, replacement.keyId)];
    expect(old).toMatchObject({ status: 'revoked', revokedBy: member.memberId, successorId: fresh.id });
    expect(fresh).toMatchObject({
      ...kept,
      ...{ applicationId: app.id, status: 'active', expiresAt: null },
      secretDigest: digestSecret(replacement.keys.secretKey),
    });
    expect(fresh.name).toMatch(/^Shop \(replaced \d{4}-\d\d-\d\d\)$/);
    const incident = await readIncident({ db, member }, { incidentId });
    expect(incident).toMatchObject({
      ...{ keyId: key.keyId, reason: 'Found in a chat', openedBy: member.name, closedAt: null },
      ...{ successor: { keyId: fresh.keyId }, revokedAt: old.revokedAt, isMonitored: true, updatedAt: null },
    });
    expect(incident!.monitorUntil.getTime() - incident!.openedAt.getTime()).toBe(7 * 86_400_000);
    expect(incident!.events).toMatchObject([
      { step: 'opened', text: 'Found in a chat', by: member.name },
      { step: 'revoked', text: 'No gateway was running. The next one to start rejects the key.' },
      { step: 'replaced' },
    ]);
    expect(await actionsOn(db, member.teamId)).toEqual([
      ['credential.revoke', key.keyId],
      ['incident.open', incidentId],
      ['credential.issue', fresh.keyId],
      ['incident.replace', incidentId],
    ]);
    expect(JSON.stringify([incident, await auditTrail(db)])).not.toContain(replacement.keys.secretKey);
  }),
);

test(
  'if the process dies between the steps, the key is revoked and the incident offers the second step',
  withDb(async (db) => {
    const { member, key } = await aKey(db);
    const { incidentId, replacement } = await opened(db, member, key.keyId);
    expect(replacement).toBeNull();
    expect(await readIncident({ db, member }, { incidentId })).toMatchObject({
      replacedAt: null,
      successor: null,
    });
    expect((await rowOf(db, key.keyId)).status).toBe('revoked');

    const result = await replace(db, member, incidentId, 'Shop, new');

    expect(result).toMatchObject({ ok: true, keys: { name: 'Shop, new' } });
    expect(await replace(db, member, incidentId)).toEqual({ ok: false, reason: 'already_replaced' });
    expect((await readIncident({ db, member }, { incidentId }))?.successor?.name).toBe('Shop, new');
  }),
);

test(
  'the replacement has another name; an archived app gets none, but its key is revoked',
  withDb(async (db) => {
    const { member, app, key } = await aKey(db);
    const { incidentId, replacement } = await opened(db, member, key.keyId, { replace: 'on', name: 'Shop' });
    expect(replacement).toEqual({ ok: false, reason: 'same_name' });
    await db.update(applications).set({ archivedAt: new Date() }).where(eq(applications.id, app.id));
    expect(await replace(db, member, incidentId)).toEqual({ ok: false, reason: 'archived' });
    expect((await rowOf(db, key.keyId)).status).toBe('revoked');
  }),
);

test(
  'a rotated key is replaced by its working successor, or by a new key at the end of the chain',
  withDb(async (db) => {
    const { member, key } = await aKey(db);
    const rotated = await rotateCredential(
      { db, member },
      { keyId: key.keyId, overlap: '7d', name: 'Second' },
    );
    if (!rotated.ok) throw new Error(rotated.reason);
    const second = rotated.keys.keyId;

    const first = await opened(db, member, key.keyId, { replace: 'on' });
    expect(first.replacement).toEqual({ ok: true, keyId: second, keys: null });
    expect((await rowOf(db, second)).status).toBe('active');

    const { replacement } = await opened(db, member, second, { replace: 'on' });
    expect(replacement).toMatchObject({ ok: true, keys: {} });
    const third = replacement?.ok ? await rowOf(db, replacement.keyId) : null;
    expect((await rowOf(db, second)).successorId).toBe(third?.id);
    await closeIncident({ db, member }, { incidentId: first.incidentId, summary: 'Done' });
    const again = await opened(db, member, key.keyId, { replace: 'on' });
    expect(again).toMatchObject({ receipt: null, replacement: { keyId: third?.keyId, keys: null } });
  }),
);

test(
  'a revoked key gets an incident without a receipt; its date is kept',
  withDb(async (db) => {
    const revokedAt = new Date('2026-01-02T03:04:05Z');
    const { member, key } = await aKey(db, { status: 'revoked', revokedAt });
    const before = await epochOf(db);
    const { incidentId, receipt } = await opened(db, member, key.keyId);
    expect(receipt).toBeNull();
    expect(await epochOf(db)).toBe(before);
    expect(await readIncident({ db, member }, { incidentId })).toMatchObject({ revokedAt });
  }),
);

test(
  'a key has at most one open incident; a closed one can be reopened unless another is open',
  withDb(async (db) => {
    const { member, key } = await aKey(db);
    const { incidentId } = await opened(db, member, key.keyId);
    expect(await open(db, member, key.keyId)).toEqual({ ok: false, reason: 'already_open', incidentId });

    expect(CloseIncident.safeParse({ incidentId, summary: ' ' }).success).toBe(false);
    const close = (id = incidentId) =>
      closeIncident({ db, member }, { incidentId: id, summary: 'All moved' });
    const reopen = () => reopenIncident({ db, member }, { incidentId });
    expect(await reopen()).toEqual({ ok: false, reason: 'already_open' });
    expect(await close()).toEqual({ ok: true });
    expect(await close()).toEqual({ ok: false, reason: 'already_closed' });
    expect(await replace(db, member, incidentId)).toEqual({ ok: false, reason: 'closed' });
    expect(await readIncident({ db, member }, { incidentId })).toMatchObject({ closedBy: member.name });
    const second = await opened(db, member, key.keyId);
    expect(await reopen()).toEqual({
      ...{ ok: false, reason: 'another_open', incidentId: second.incidentId },
    });
    await close(second.incidentId);
    expect(await reopen()).toEqual({ ok: true });

    const incident = await readIncident({ db, member }, { incidentId });
    expect(incident).toMatchObject({ closedAt: null, closedBy: null });
    expect(incident!.events.map(({ step, text }) => [step, text]).slice(2)).toEqual([
      ['closed', 'All moved'],
      ['reopened', ''],
    ]);
    expect((await rowOf(db, key.keyId)).status).toBe('revoked');
  }),
);

test(
  'manual steps happen once and are in the history and the audit log',
  withDb(async (db) => {
    const { member, key } = await aKey(db);
    const { incidentId } = await opened(db, member, key.keyId);
    const context = { db, member };

    expect(
      await addIncidentNote(
        context,
        AddIncidentNote.parse({ incidentId, text: 'Asked the agency\nNo reply' }),
      ),
    ).toEqual({ ok: true });
    expect(await markUpdated(context, { incidentId })).toEqual({ ok: true });
    expect(await markUpdated(context, { incidentId })).toEqual({ ok: false, reason: 'already_updated' });
    expect(await reportIncident(context, { incidentId })).toEqual({ ok: true });
    expect(await reportIncident(context, { incidentId })).toEqual({ ok: false, reason: 'already_reported' });

    const incident = await readIncident(context, { incidentId });
    expect(incident!.events.slice(2)).toMatchObject([
      { step: 'note', text: 'Asked the agency\nNo reply', by: member.name },
      { step: 'updated' },
      { step: 'reported' },
    ]);
    expect([incident!.updatedAt, incident!.reportedAt]).toEqual([expect.any(Date), expect.any(Date)]);
    expect((await actionsOn(db, member.teamId)).slice(2)).toEqual([
      ['incident.note', incidentId],
      ['incident.update', incidentId],
      ['incident.report', incidentId],
    ]);
    await closeIncident(context, { incidentId, summary: 'Done' });
    expect(await markUpdated(context, { incidentId })).toEqual({ ok: false, reason: 'closed' });
    expect(await reportIncident(context, { incidentId })).toEqual({ ok: false, reason: 'closed' });
    expect(await addIncidentNote(context, { incidentId, text: 'Later' })).toEqual({ ok: true });
    for (const text of ['', key.secretKey, 'x'.repeat(2_001)])
      expect(AddIncidentNote.safeParse({ incidentId, text }).success).toBe(false);
  }),
);

test(
  'owners, admins and the key’s owner are emailed, but not the reporter or anyone else',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const app = await anApplication(db, owner, { isDefault: true });
    const admin = await aMember(db, 'admin', owner);
    const member = await aMember(db, 'member', owner);
    await aMember(db, 'member', owner);
    const key = await aCredential(db, app, { memberId: member.memberId });
    await opened(db, admin, key.keyId);
    const emails = await db.select().from(outbox);
    expect(emails.map((mail) => mail.recipient).sort()).toEqual([owner.email, member.email].sort());
    expect(new Set(emails.map((mail) => mail.template))).toEqual(new Set(['incident-opened']));
  }),
);

describe('an own key', () => {
  async function anOwnKey(db: Db) {
    const owner = await aMember(db, 'owner');
    await anApplication(db, owner, { isDefault: true });
    const member = await aMember(db, 'member', owner);
    const issued = await issueOwnKey({ db, member }, { environment: 'development' });
    if (!issued.ok) throw new Error(issued.reason);
    return { owner, member, keyId: issued.keys.keyId };
  }

  test(
    'can be handled by its member, from the revocation to the replacement',
    withDb(async (db) => {
      const { member, keyId } = await anOwnKey(db);
      const { incidentId, replacement } = await opened(db, member, keyId, { replace: 'on' });
      expect(replacement).toMatchObject({ ok: true, keys: {} });
      expect(replacement?.ok && (await rowOf(db, replacement.keyId)).memberId).toBe(member.memberId);
      expect((await listIncidents({ db, member })).incidents).toMatchObject([{ incidentId, keyId }]);
    }),
  );

  test(
    'can be revoked by an admin but replaced only by its member, whose new own key counts',
    withDb(async (db) => {
      const { owner, member, keyId } = await anOwnKey(db);
      const { incidentId, replacement } = await opened(db, owner, keyId, { replace: 'on' });
      expect(replacement).toEqual({ ok: false, reason: 'own_key_of_another' });
      expect((await rowOf(db, keyId)).status).toBe('revoked');
      const made = await issueOwnKey({ db, member }, { environment: 'development' });

      expect(await replace(db, member, incidentId)).toEqual({
        ...{ ok: true, keyId: made.ok && made.keys.keyId, keys: null },
      });
    }),
  );
});

test(
  "another team's incidents look absent, and members see only those about their own keys",
  withDb(async (db) => {
    const { member: admin, app, key } = await aKey(db);
    const member = await aMember(db, 'member', admin);
    const own = await aCredential(db, app, { memberId: member.memberId });
    const stranger = await aMember(db, 'owner');
    const { incidentId } = await opened(db, admin, key.keyId);
    const mine = await opened(db, member, own.keyId);
    const absent = { ok: false, reason: 'not_found' };

    for (const outsider of [stranger, member]) {
      const context = { db, member: outsider };
      expect(await open(db, outsider, key.keyId)).toEqual(absent);
      expect(await readIncident(context, { incidentId })).toBeNull();
      expect(await replaceKey(context, { incidentId, name: '' })).toEqual(absent);
      expect(await markUpdated(context, { incidentId })).toEqual(absent);
      expect(await addIncidentNote(context, { incidentId, text: 'x' })).toEqual(absent);
      expect(await reportIncident(context, { incidentId })).toEqual(absent);
      expect(await closeIncident(context, { incidentId, summary: 'x' })).toEqual(absent);
      expect(await reopenIncident(context, { incidentId })).toEqual(absent);
    }
    const seen = async (who: Member) =>
      (await listIncidents({ db, member: who })).incidents.map((one) => one.incidentId);
    expect(await seen(stranger)).toEqual([]);
    expect(await seen(member)).toEqual([mine.incidentId]);
    expect(await seen(admin)).toEqual([mine.incidentId, incidentId]);
    const visitor = { ...member, role: 'visitor' } as never; // No such role exists.
    await expect(open(db, visitor, key.keyId)).rejects.toThrow(Forbidden);
    await expect(listIncidents({ db, member: visitor })).rejects.toThrow(Forbidden);
  }),
);

test(
  'the list can be filtered by state and has pages',
  withDb(async (db) => {
    const { member, app } = await aKey(db);
    const ids: string[] = [];
    for (let i = 0; i < 27; i++)
      ids.push((await opened(db, member, (await aCredential(db, app)).keyId)).incidentId);
    await closeIncident({ db, member }, { incidentId: ids[3]!, summary: 'Done' });

    const first = await listIncidents({ db, member }, { state: 'open' });
    const second = await listIncidents({ db, member }, { state: 'open', before: first.older! });

    const listed = [...first.incidents, ...second.incidents].map((one) => one.incidentId);
    expect(listed).toEqual(ids.filter((id) => id !== ids[3]).reverse());
    expect(second.older).toBeNull();
    expect((await listIncidents({ db, member }, { state: 'closed' })).incidents).toMatchObject([
      { incidentId: ids[3] },
    ]);
  }),
);

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('of concurrent attempts, one opens the incident, one replaces the key, and one of two incidents is reopened', async () => {
  const { db } = own;
  const { member, key } = await aKey(db);
  const openings = await Promise.all(Array.from({ length: 12 }, () => open(db, member, key.keyId)));
  expect(openings.filter((result) => result.ok)).toHaveLength(1);
  const incidentId = openings.find((result) => result.ok)?.incidentId ?? '';
  expect(openings.every((result) => result.ok || result.reason === 'already_open')).toBe(true);

  const replacements = await Promise.all(Array.from({ length: 12 }, () => replace(db, member, incidentId)));
  expect(replacements.filter((result) => result.ok)).toHaveLength(1);
  expect(await db.$count(credentials, eq(credentials.teamId, member.teamId))).toBe(2);

  await closeIncident({ db, member }, { incidentId, summary: 'Done' });
  const second = await opened(db, member, key.keyId);
  await closeIncident({ db, member }, { incidentId: second.incidentId, summary: 'Done' });
  const both = [incidentId, second.incidentId];
  await Promise.all([
    ...[...both, ...both].map((id) => reopenIncident({ db, member }, { incidentId: id })),
    open(db, member, key.keyId),
  ]);
  const openCases = and(eq(incidents.teamId, member.teamId), sql`${incidents.closedAt} is null`);
  expect(await db.$count(incidents, openCases)).toBe(1);
});

test('concurrent rotations, incidents and replacements leave one chain with one last key, and no deadlock', async () => {
  const { db } = own;
  for (let round = 0; round < 10; round++) {
    const { member, key } = await aKey(db);
    const acts = Array.from({ length: 12 }, async (_, i) => {
      const result = await open(db, member, key.keyId, i % 2 ? { replace: 'on' } : {});
      const incidentId = result.ok || result.reason === 'already_open' ? result.incidentId : '';
      await Promise.all([
        replace(db, member, incidentId),
        rotateCredential({ db, member }, { keyId: key.keyId, overlap: '1h', name: '' }),
        addIncidentNote({ db, member }, { incidentId, text: 'x' }),
        closeIncident({ db, member }, { incidentId, summary: 'x' }),
        reopenIncident({ db, member }, { incidentId }),
      ]);
    });
    await Promise.all([
      ...acts,
      rotateCredential({ db, member }, { keyId: key.keyId, overlap: '1h', name: '' }),
    ]);

    const keys = await db.select().from(credentials).where(eq(credentials.teamId, member.teamId));
    expect(keys.find((one) => one.id === key.id)?.status).toBe('revoked');
    expect(keys.filter((one) => one.successorId === null).length).toBe(1);
    expect(new Set(keys.flatMap((one) => one.successorId ?? [])).size).toBe(keys.length - 1);
  }
}, 60_000);
