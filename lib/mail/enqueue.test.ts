import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { users } from '#db/schema/accounts.ts';
import { outbox } from '#db/schema/mail.ts';
import { checksumOf } from '#lib/vault/recognize-key.ts';
import { unseal } from '#lib/vault/seal.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { until } from '#tests/support/processes.ts';
import { settings } from '#tests/support/settings.ts';
import { enqueueMail, MAIL_CHANNEL } from './enqueue.ts';

const link = 'http://localhost:3000/reset-password/VERY-SECRET-TOKEN';
const mail = { to: 'ada@example.com', template: 'reset-password', props: { name: 'Ada', link } } as const;

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('the link is not readable in the table and can be decrypted only in its own row', async () => {
  const id = await enqueueMail({ db: own.db, settings }, mail);
  const otherId = await enqueueMail({ db: own.db, settings }, mail);

  const [whole] = await own.sql`select outbox::text as row from outbox where id = ${id}`;
  expect(whole?.row).toContain('ada@example.com');
  expect(whole?.row).not.toContain('SECRET');
  const [row] = await own.db.select().from(outbox).where(eq(outbox.id, id));
  const key = settings.encryptionKey;
  expect(JSON.parse(unseal(row!.sealedProps!, id, key))).toEqual(mail.props);
  expect(() => unseal(row!.sealedProps!, otherId, key)).toThrow();
});

test('an email exists only if its transaction commits', async () => {
  const before = await own.db.$count(outbox);
  const user = await aUser(own.db);
  const rename = (fail: boolean) =>
    own.db.transaction(async (tx) => {
      await tx.update(users).set({ name: 'Renamed' }).where(eq(users.id, user.userId));
      await enqueueMail({ db: tx, settings }, mail);
      if (fail) throw new Error('afterwards something failed');
    });

  await expect(rename(true)).rejects.toThrow('afterwards');
  expect(await own.db.$count(outbox)).toBe(before);

  await rename(false);
  expect(await own.db.$count(outbox)).toBe(before + 1);
});

test('the worker wakes at the commit, not before, and never after a rollback', async () => {
  let woken = 0;
  const subscription = await own.sql.listen(MAIL_CHANNEL, () => void woken++);
  await own.db
    .transaction(async (tx) => {
      await enqueueMail({ db: tx, settings }, mail);
      throw new Error('no');
    })
    .catch(() => {});
  await own.db.transaction(async (tx) => {
    await enqueueMail({ db: tx, settings }, mail);
    await tx.execute(sql`select pg_sleep(0.1)`);
    expect(woken).toBe(0);
  });

  await until(() => woken > 0, 'the notification', 5_000);
  expect(woken).toBe(1);
  await subscription.unlisten();
});

test('a secret key in a text is not emailed', async () => {
  const body = `lk_sk_prod_${'a'.repeat(16)}_${'b'.repeat(43)}`;
  const id = await enqueueMail(
    { db: own.db, settings },
    { ...mail, props: { name: `Ada ${body}${checksumOf(body)}`, link } },
  );

  const [row] = await own.db.select().from(outbox).where(eq(outbox.id, id));
  const props = unseal(row!.sealedProps!, id, settings.encryptionKey);
  expect(JSON.parse(props)).toEqual({ name: expect.stringMatching(/^Ada lk_sk_prod_….{4}$/u), link });
});
