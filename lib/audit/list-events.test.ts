import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { incidents } from '#db/schema/incidents.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aUser } from '#tests/support/factories.ts';
import { EVENTS_PAGE, EventFilter, listActors, listEvents } from './list-events.ts';
import { recordAudit } from './record.ts';

/** An event of the team at a given time. Its ID is ordered by that time. */
async function anEvent(db: Db, member: Member, values: Partial<typeof auditEvents.$inferInsert> = {}) {
  const at = values.at ?? new Date();
  await db.insert(auditEvents).values({
    ...{ id: v7({ msecs: at.getTime() }), at, teamId: member.teamId, actor: 'system' },
    ...{ action: 'team.edit', subjectKind: 'team', subjectId: member.teamId, ...values },
  });
}

const subjectsOf = async (db: Db, member: Member, filter: EventFilter) =>
  (await listEvents({ db, member }, filter)).events.map((event) => event.subjectId);

test(
  "an event shows who, what, the subject's name, the change and the address",
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    const key = await aCredential(db, await anApplication(db, member), { name: 'Checkout' });
    const change = { before: { name: 'Old' }, after: { name: 'Checkout' } };
    await recordAudit(db, member, 'credential.edit', { kind: 'credential', id: key.keyId }, change);

    expect((await listEvents({ db, member }, {})).events).toMatchObject([
      {
        actor: `${member.name} <${member.email}>`,
        action: 'credential.edit',
        subjectKind: 'credential',
        subjectId: key.keyId,
        subjectName: 'Checkout',
        ...change,
        ip: '192.0.2.1',
      },
    ]);
    const publicId = 'inc_0000000000000001';
    await db.insert(incidents).values({
      ...{ teamId: member.teamId, publicId, credentialId: key.id, monitorUntil: new Date() },
    });
    await recordAudit(db, member, 'incident.close', { kind: 'incident', id: publicId });
    expect((await listEvents({ db, member }, {})).events[0]).toMatchObject({ subjectName: 'Checkout' });
  }),
);

test(
  "another team's events and names are on no page",
  withDb(async (db) => {
    const other = await aMember(db, 'owner');
    const app = await anApplication(db, other, { title: 'Theirs' });
    await recordAudit(db, other, 'application.edit', { kind: 'application', id: app.publicId });
    const member = await aMember(db, 'owner');

    expect((await listEvents({ db, member }, {})).events).toEqual([]);
    expect((await listEvents({ db, member }, { search: 'Theirs' })).events).toEqual([]);
    expect(await listActors({ db, member })).toMatchObject([{ email: member.email }]);

    await recordAudit(db, member, 'application.edit', { kind: 'application', id: app.publicId });
    expect((await listEvents({ db, member }, {})).events).toMatchObject([{ subjectName: null }]);
  }),
);

test(
  'pages go from the newest event to the oldest and back, without gaps or repetitions',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const start = Date.now() - 1_000_000;
    for (let i = 0; i < EVENTS_PAGE * 2 + 5; i++)
      await anEvent(db, member, { at: new Date(start + i * 1000), subjectId: `s${i}` });
    const page = (filter: EventFilter) => listEvents({ db, member }, filter);

    const first = await page({});
    expect(first.events[0]?.subjectId).toBe(`s${EVENTS_PAGE * 2 + 4}`);
    expect(first.newer).toBeNull();
    const second = await page({ before: first.older! });
    const third = await page({ before: second.older! });
    const seen = [first, second, third].flatMap(({ events }) => events.map((event) => event.subjectId));
    expect(new Set(seen).size).toBe(EVENTS_PAGE * 2 + 5);
    expect(third.older).toBeNull();
    expect((await page({ after: third.newer! })).events).toEqual(second.events);
    expect(await page({ after: second.newer! })).toMatchObject({ events: first.events, newer: null });
  }),
);

test(
  'filters by person, group, UTC days and text',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const admin = await aMember(db, 'admin', member);
    const operator = await aUser(db);
    const late = new Date('2026-03-01T23:59:59.999Z');
    await anEvent(db, member, { subjectId: 'old', at: new Date('2026-02-28T12:00:00Z') });
    await anEvent(db, member, { subjectId: 'late', at: late, actorUserId: operator.userId });
    await anEvent(db, member, { subjectId: 'next', at: new Date('2026-03-02T00:00:00Z') });
    const revoked = { action: 'credential.revoke' as const, actorUserId: admin.userId };
    await anEvent(db, member, { subjectId: 'key', ...revoked, after: { name: '50%_off' } });

    expect(await subjectsOf(db, member, { from: '2026-03-01', to: '2026-03-01' })).toEqual(['late']);
    expect(await subjectsOf(db, member, { to: '2026-02-28' })).toEqual(['old']);
    expect(await subjectsOf(db, member, { person: admin.userId })).toEqual(['key']);
    expect(await subjectsOf(db, member, { person: 'others' })).toEqual(['next', 'late', 'old']);
    expect(await subjectsOf(db, member, { group: 'keys' })).toEqual(['key']);
    expect(await subjectsOf(db, member, { search: 'Revoked the' })).toEqual(['key']);
    expect(await subjectsOf(db, member, { search: '50%_o' })).toEqual(['key']);
    expect(await subjectsOf(db, member, { search: '5__off' })).toEqual([]);
  }),
);

test('an invalid filter is ignored', () => {
  const given = { person: 'x', group: 'all', from: '1.3.', before: 'z', search: ['a'] };
  expect(EventFilter.parse(given)).toEqual({});
  expect(EventFilter.parse({ search: 'a\0b' })).toEqual({});
});

test(
  'a member without the permission is rejected',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    await expect(listEvents({ db, member }, {})).rejects.toThrow(Forbidden);
    await expect(listActors({ db, member })).rejects.toThrow(Forbidden);
  }),
);

test.each(['update audit_events set actor = $$x$$', 'delete from audit_events', 'truncate audit_events'])(
  'events can’t be changed: %s fails',
  async (statement) => {
    await withDb(async (db) => {
      const member = await aMember(db, 'owner');
      await anEvent(db, member, { subjectId: 'kept' });

      const attempt = db.transaction((tx) => tx.execute(statement));

      await expect(attempt).rejects.toMatchObject({ cause: { message: 'audit_events is append-only' } });
      expect(await subjectsOf(db, member, {})).toEqual(['kept']);
    })();
  },
);
