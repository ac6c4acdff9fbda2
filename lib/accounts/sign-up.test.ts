import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountTokens, users } from '#db/schema/accounts.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { outbox } from '#db/schema/mail.ts';
import { throttleEvents } from '#db/schema/throttles.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { mailedToken, queuedMails } from '#tests/support/mails.ts';
import { settings } from '#tests/support/settings.ts';
import { passwordMatches } from './password.ts';
import { KNOWN_MAILS_PER_HOUR, SignUp, signUp } from './sign-up.ts';

const password = 'violet canal ships at noon';
const DEVICE = /^\d+\.[\w-]{22}\.[\w-]{43}$/;
const input = (email: string, name = 'Ada') => SignUp.parse({ name, email, password });

test(
  'a new address gets an unverified account and a link',
  withDb(async (db) => {
    await signUp({ db, settings }, input('ada@example.com'));

    const [user] = await db.select().from(users);
    expect(user).toMatchObject({
      email: 'ada@example.com',
      name: 'Ada',
      emailVerifiedAt: null,
      isOperator: false,
    });
    expect(user?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwordMatches(password, user!.passwordHash)).toBe(true);
    expect(await queuedMails(db)).toMatchObject([{ to: 'ada@example.com', template: 'verify-email' }]);
    const events = await auditTrail(db, eq(auditEvents.action, 'account.create'));
    expect(events).toMatchObject([{ subjectId: user!.id }]);
    expect(JSON.stringify(events)).not.toContain('argon2');
  }),
);

test(
  "a known address gets the same response and a different email, and the account doesn't change",
  withDb(async (db) => {
    const holder = await aUser(db, { email: 'ada@example.com', name: 'Countess', passwordHash: 'untouched' });

    const forNew = await signUp({ db, settings }, input('new@example.com'));
    const forKnown = await signUp({ db, settings }, input('ADA@example.com', 'Mallory'));

    const looksLike = { ok: true, device: expect.stringMatching(DEVICE) };
    expect([forNew, forKnown]).toEqual([looksLike, looksLike]);
    expect(await db.select().from(users).where(eq(users.id, holder.userId))).toMatchObject([
      { name: 'Countess', passwordHash: 'untouched' },
    ]);
    const mails = await queuedMails(db);
    expect(mails.map(({ to, template }) => [to, template])).toEqual([
      ['new@example.com', 'verify-email'],
      ['ada@example.com', 'already-registered'],
    ]);
    // The account's owner never sees what the stranger entered.
    expect(JSON.stringify(mails[1])).not.toContain('Mallory');
    expect(await db.$count(accountTokens)).toBe(1);
  }),
);

test(
  "only the digest of the link's token is stored",
  withDb(async (db) => {
    await signUp({ db, settings }, input('ada@example.com'));

    const token = await mailedToken(db);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const stored = JSON.stringify([await db.select().from(accountTokens), await db.select().from(outbox)]);
    expect(stored).not.toContain(token);
  }),
);

test('a rejected password has exactly one reason', () => {
  const refused = SignUp.safeParse({ name: 'Ada', email: 'ada@example.com', password: 'too short' });

  expect(refused.error?.issues.map(({ message }) => message)).toEqual([expect.stringMatching('at least 15')]);
});

test('the address is normalized, and the name is plain text', () => {
  const parsed = input('  Ａda@EXAMPLE.com ', ' Ada\r\nBcc: Eve ');
  expect(parsed.email).toBe('ada@example.com');
  expect(parsed.name).toBe('Ada Bcc: Eve');
  expect(SignUp.safeParse({ name: '\u200b ', email: 'ada@example.com', password }).success).toBe(false);
});

test('a password made of words from the address is rejected at its field, with the reason', () => {
  const refused = SignUp.safeParse({
    name: 'Ada',
    email: 'grace.hopper@harbour.example',
    password: 'grace-hopper-harbour-1',
  });
  expect(refused.error?.issues).toMatchObject([
    { path: ['password'], message: expect.stringContaining('your name or your email address') },
  ]);
});

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('ten concurrent sign-ups with the same address create one account', async () => {
  await Promise.all(
    Array.from({ length: 10 }, () => signUp({ db: own.db, settings }, input('twin@example.com'))),
  );

  expect(await own.db.$count(users)).toBe(1);
  const templates = (await queuedMails(own.db)).map((mail) => mail.template).sort();
  expect(templates).toEqual([...Array(KNOWN_MAILS_PER_HOUR).fill('already-registered'), 'verify-email']);
});

test(
  'repeated sign-ups with someone else’s address email them a few times an hour and look the same',
  withDb(async (db) => {
    await aUser(db, { email: 'ada@example.com' });

    const outcomes = [];
    for (let i = 0; i < KNOWN_MAILS_PER_HOUR + 3; i++)
      outcomes.push(await signUp({ db, settings }, input('ada@example.com')));

    expect(outcomes).toEqual(outcomes.map(() => ({ ok: true, device: expect.stringMatching(DEVICE) })));
    expect(await db.$count(outbox, eq(outbox.recipient, 'ada@example.com'))).toBe(KNOWN_MAILS_PER_HOUR);
    await signUp({ db, settings }, input('new@example.com'));
    expect(await db.$count(outbox, eq(outbox.recipient, 'new@example.com'))).toBe(1);

    await db.update(outbox).set({ createdAt: sql`now() - interval '61 minutes'` });
    await signUp({ db, settings }, input('ada@example.com'));
    expect(await db.$count(outbox, eq(outbox.recipient, 'ada@example.com'))).toBe(KNOWN_MAILS_PER_HOUR + 1);
  }),
);

test(
  "sign-ups per hour are limited over all addresses, known or not; invited people aren't counted",
  withDb(async (db) => {
    await aUser(db, { email: 'known@example.com' });
    const subject = { kind: 'user' as const, id: crypto.randomUUID() };
    await recordAudit(db, 'system', 'account.create', subject, { after: { email: 'guest@example.com' } });
    const attempt = (email: string) =>
      signUp({ db, settings: { ...settings, signUpsPerHour: 2 } }, input(email));
    expect(await attempt('first@example.com')).toMatchObject({ ok: true });
    expect(await attempt('known@example.com')).toMatchObject({ ok: true });

    const before = [await db.$count(users), await db.$count(outbox)];
    expect(await attempt('new@example.com')).toEqual({ ok: false, reason: 'too_many' });
    expect(await attempt('known@example.com')).toEqual({ ok: false, reason: 'too_many' });
    expect([await db.$count(users), await db.$count(outbox)]).toEqual(before);

    await db.update(throttleEvents).set({ at: sql`now() - interval '61 minutes'` });
    expect(await attempt('new@example.com')).toMatchObject({ ok: true });
  }),
);

test("concurrent sign-ups don't exceed the limit", async () => {
  const fresh = await ownDatabase();
  try {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        signUp({ db: fresh.db, settings: { ...settings, signUpsPerHour: 3 } }, input(`many${i}@example.com`)),
      ),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(3);
    expect(await fresh.db.$count(users)).toBe(3);
  } finally {
    await fresh.drop();
  }
});
