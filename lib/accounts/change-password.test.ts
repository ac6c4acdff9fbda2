import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { findSession, openSession } from '#lib/access/session.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { queuedMails } from '#tests/support/mails.ts';
import { settings } from '#tests/support/settings.ts';
import { changePassword } from './change-password.ts';
import { hashPassword, passwordMatches } from './password.ts';

const current = 'violet canal ships at noon';
const password = 'seven lamps and one harp';
let passwordHash: string;
beforeAll(async () => {
  passwordHash = await hashPassword(current);
});

/** A user with two sessions: this browser and another one. */
async function signedIn(db: Db, values: Partial<typeof users.$inferInsert> = {}) {
  const { userId } = await aUser(db, { passwordHash, ...values });
  const open = () => openSession(db, userId, { ip: null, userAgent: null });
  const [here, there] = [await open(), await open()];
  return { user: (await findSession(db, here, null))!, here, there };
}
const hashOf = async (db: Db, userId: string) =>
  (await db.select().from(users).where(eq(users.id, userId)))[0]!.passwordHash;

test(
  'the password changes, the other sessions end, and the user is notified by email',
  withDb(async (db) => {
    const { user, here, there } = await signedIn(db);

    expect(await changePassword({ db, user, settings }, { current, password })).toMatchObject({ ok: true });

    expect(await passwordMatches(password, await hashOf(db, user.userId))).toBe(true);
    expect(await findSession(db, here, null)).not.toBeNull();
    expect(await findSession(db, there, null)).toBeNull();
    expect(await queuedMails(db)).toMatchObject([{ to: user.email, template: 'password-changed' }]);
    const events = await auditTrail(db);
    expect(events).toMatchObject([{ action: 'account.change_password', actorUserId: user.userId }]);
    expect(JSON.stringify(events)).not.toContain('argon2');
  }),
);

test(
  'without the current password nothing changes',
  withDb(async (db) => {
    const { user, there } = await signedIn(db);

    const outcome = await changePassword({ db, user, settings }, { current: `${current}.`, password });

    expect(outcome).toMatchObject({ ok: false, field: 'current' });
    expect(await hashOf(db, user.userId)).toBe(passwordHash);
    expect(await findSession(db, there, null)).not.toBeNull();
    expect(await queuedMails(db)).toEqual([]);
    expect(await auditTrail(db)).toMatchObject([{ action: 'account.fail_sign_in' }]);
  }),
);

test(
  "a password with the user's own name or address is rejected",
  withDb(async (db) => {
    const { user } = await signedIn(db, { name: 'Grace Hopper', email: 'grace@harbour.example' });

    const outcome = await changePassword(
      { db, user, settings },
      { current, password: 'grace-hopper-harbour-1' },
    );

    expect(outcome).toMatchObject({
      ok: false,
      field: 'password',
      message: expect.stringMatching('your name'),
    });
    expect(await hashOf(db, user.userId)).toBe(passwordHash);
  }),
);

test(
  'a change that was in progress when the owner reset the password by email is rejected',
  withDb(async (db) => {
    const { user } = await signedIn(db);
    const byMail = await hashPassword('copper kettles hum in the attic');
    // The reset happens between verifying the old password and storing the new one.
    const slow = new Proxy(db, {
      get: (target, property) =>
        property === 'transaction'
          ? async (...args: Parameters<Db['transaction']>) => {
              await db.update(users).set({ passwordHash: byMail }).where(eq(users.id, user.userId));
              return target.transaction(...args);
            }
          : Reflect.get(target, property),
    });

    const outcome = await changePassword({ db: slow, user, settings }, { current, password });

    expect(outcome).toMatchObject({ ok: false, field: 'current' });
    expect(await hashOf(db, user.userId)).toBe(byMail);
    expect(await queuedMails(db)).toEqual([]);
  }),
);
