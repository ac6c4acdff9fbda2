import { eq, type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { credentialReminders, credentials } from '#db/schema/credentials.ts';
import { outbox } from '#db/schema/mail.ts';
import { notificationSettings } from '#db/schema/notifications.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { MailProps } from '#lib/mail/enqueue.ts';
import { unseal } from '#lib/vault/seal.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { settings } from '#tests/support/settings.ts';
import { remindExpiry } from './remind-expiry.ts';

async function aKey(db: Db, values: Partial<typeof credentials.$inferInsert> = {}) {
  const owner = await aMember(db, 'owner');
  const app = await anApplication(db, owner);
  const key = await aCredential(db, app, { environment: 'production', name: 'Storefront', ...values });
  return { owner, app, key };
}

/** Sets when a key expires by the database clock, which is constant inside a test's transaction. */
const endIn = (db: Db, id: string, offset: SQL) =>
  db
    .update(credentials)
    .set({ expiresAt: sql`now() + ${offset}` })
    .where(eq(credentials.id, id));

async function mailsOf(db: Db) {
  const rows = await db.select().from(outbox).where(eq(outbox.template, 'key-expiring')).orderBy(outbox.id);
  return rows.map(({ id, recipient, sealedProps }) => ({
    to: recipient,
    props: JSON.parse(unseal(sealedProps!, id, settings.encryptionKey)) as MailProps['key-expiring'],
  }));
}
const kindsOf = async (db: Db) =>
  (await db.select().from(credentialReminders)).map(({ kind }) => kind).sort();

test.each([
  ['336 hours 0.000001 seconds', []],
  ['336 hours', ['expires_14']],
  ['168 hours 0.000001 seconds', ['expires_14']],
  ['168 hours', ['expires_7']],
  ['24 hours 0.000001 seconds', ['expires_7']],
  ['24 hours', ['expires_1']],
  ['0.000001 seconds', ['expires_1']],
  ['0', ['expired']],
  ['-167 hours', ['expired']],
  ['-168 hours', []],
])('with %s to go by the database’s clock: %j, once', (offset, kinds) =>
  withDb(async (db) => {
    const { key } = await aKey(db);
    await endIn(db, key.id, sql`${offset}::interval`);

    await remindExpiry({ db, settings });
    await remindExpiry({ db, settings });

    expect(await kindsOf(db)).toEqual(kinds);
    expect(await mailsOf(db)).toHaveLength(kinds.length);
  })(),
);

test(
  'owners and admins are reminded of every key, members of their own; nobody else is',
  withDb(async (db) => {
    const { owner, app, key } = await aKey(db);
    const admin = await aMember(db, 'admin', owner);
    const member = await aMember(db, 'member', owner);
    await aMember(db, 'member', owner);
    const away = await aMember(db, 'admin', owner);
    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, away.memberId));
    const deaf = await aMember(db, 'admin', owner);
    await db
      .insert(notificationSettings)
      .values({ teamId: owner.teamId, memberId: deaf.memberId, kind: 'expiry', mailed: false });
    const own = await aCredential(db, app, { memberId: member.memberId, name: 'Mina’s' });
    await aKey(db, { expiresAt: null });
    for (const id of [key.id, own.id]) await endIn(db, id, sql`interval '5 days'`);

    expect(await remindExpiry({ db, settings })).toEqual({ emails: 3, keys: 2 });

    const emails = await mailsOf(db);
    expect(emails.map(({ to }) => to).sort()).toEqual([owner.email, admin.email, member.email].sort());
    const of = (email: string) => emails.find(({ to }) => to === email)!.props;
    expect(of(owner.email).keys.map(({ name }) => name)).toEqual(['Mina’s', 'Storefront']); // One email about both keys.
    expect(of(member.email).keys.map(({ name }) => name)).toEqual(['Mina’s']);
    expect(of(member.email).link).toMatch(new RegExp(`/t/${owner.teamSlug}/api-keys/${own.keyId}/rotation$`));
    const [reminded] = of(member.email).keys;
    expect(reminded).toMatchObject({
      sharedKey: own.sharedKey,
      application: app.title,
      environment: 'development',
    });
    expect(new Date(reminded!.endsAt).getTime() - Date.now()).toBeGreaterThan(4.9 * 86_400_000);
    expect(JSON.stringify(emails)).not.toContain(own.secretKey);
  }),
);

test(
  'no reminders for revoked keys, archived apps, deleted teams, and keys with a working successor',
  withDb(async (db) => {
    const soon = sql`interval '5 days'`;
    const revoked = await aKey(db, { status: 'revoked', revokedAt: new Date() });
    const archived = await aKey(db);
    await db.update(applications).set({ archivedAt: new Date() }).where(eq(applications.id, archived.app.id));
    const deleted = await aKey(db);
    await db.update(teams).set({ deletedAt: new Date() }).where(eq(teams.id, deleted.owner.teamId));
    const rotated = await aKey(db);
    const successor = await aCredential(db, rotated.app);
    await db
      .update(credentials)
      .set({ successorId: successor.id, rotatedAt: new Date() })
      .where(eq(credentials.id, rotated.key.id));
    for (const { key } of [revoked, archived, deleted, rotated]) await endIn(db, key.id, soon);

    expect(await remindExpiry({ db, settings })).toEqual({ emails: 0, keys: 0 });

    // The successor is revoked, so only the old key works.
    await db
      .update(credentials)
      .set({ status: 'revoked', revokedAt: new Date() })
      .where(eq(credentials.id, successor.id));
    expect(await remindExpiry({ db, settings })).toEqual({ emails: 1, keys: 1 });
  }),
);

test(
  'a rotated key without a working successor expires when the rotation ends it, if that is earlier',
  withDb(async (db) => {
    const { key, app } = await aKey(db);
    const successor = await aCredential(db, app, { status: 'revoked', revokedAt: new Date() });
    await db
      .update(credentials)
      .set({
        ...{ successorId: successor.id, rotatedAt: new Date() },
        ...{ expiresAt: sql`now() + interval '90 days'`, retiresAt: sql`now() + interval '20 hours'` },
      })
      .where(eq(credentials.id, key.id));

    await remindExpiry({ db, settings });
    expect(await kindsOf(db)).toEqual(['expires_1']);
  }),
);

test(
  'after days without a run only the most urgent email is sent, and a changed expiration is reminded again',
  withDb(async (db) => {
    const { key } = await aKey(db);
    await endIn(db, key.id, sql`interval '10 days'`);
    await remindExpiry({ db, settings });
    await db.update(credentialReminders).set({ endsAt: sql`ends_at - interval '9 days 12 hours'` });
    await endIn(db, key.id, sql`interval '12 hours'`); // Time has passed, and nothing ran at seven days.
    await remindExpiry({ db, settings });
    expect(await kindsOf(db)).toEqual(['expires_1', 'expires_14']);

    await endIn(db, key.id, sql`interval '13 days'`);
    await remindExpiry({ db, settings });
    expect(await kindsOf(db)).toEqual(['expires_1', 'expires_14', 'expires_14']);
    expect(await mailsOf(db)).toHaveLength(3);
  }),
);

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
beforeEach(() => own.sql`truncate credential_reminders, outbox cascade`);
afterAll(() => own.drop());

test('parallel runs queue each email once, in twenty rounds', async () => {
  const teamsOfTwo = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const { owner, app, key } = await aKey(own.db);
      const more = await Promise.all(Array.from({ length: 5 }, () => aCredential(own.db, app)));
      return { owner, keys: [key, ...more] };
    }),
  );
  const keys = teamsOfTwo.flatMap((team) => team.keys);
  for (let round = 0; round < 20; round++) {
    for (const { id } of keys) await endIn(own.db, id, sql`make_interval(hours => ${24 + round})`);
    const sums = await Promise.all(Array.from({ length: 2 }, () => remindExpiry({ db: own.db, settings })));

    expect(
      sums.reduce((all, { emails }) => all + emails, 0),
      `round ${round}`,
    ).toBe(4);
    expect(sums.reduce((all, one) => all + one.keys, 0)).toBe(24);
  }
  const emails = await mailsOf(own.db);
  expect(emails).toHaveLength(80);
  expect(new Set(emails.map(({ to }) => to)).size).toBe(4);
});
