import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import type { Settings } from '#lib/access/settings.ts';
import { PersonName } from '#lib/access/text.ts';
import { takeThrottle, throttleCount } from '#lib/access/throttle.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { Mailbox } from '#lib/mail/address.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import { mailedLastHour } from '#lib/mail/mailed-last-hour.ts';
import { makeAccountLink } from './account-token.ts';
import { rememberDevice } from './known-device.ts';
import { NewPassword, refusal } from './new-password.ts';
import { hashPassword } from './password.ts';

export const SignUp = z
  .object({
    name: PersonName(),
    email: Mailbox,
    password: NewPassword,
  })
  .superRefine(({ name, email, password }, context) => {
    // A password rejected by the general rules already has its message.
    const reason = refusal(password) ? null : refusal(password, [name, email]);
    if (reason) context.addIssue({ code: 'custom', path: ['password'], message: reason });
  });

/** Emails per hour that notify someone that their address was used to sign up, so that nobody can flood a mailbox. */
export const KNOWN_MAILS_PER_HOUR = 5;

type SignedUp =
  | {
      ok: true;
      /** New value of the device cookie. For an address that already has an account, it looks the same but has no effect. */
      device: string;
    }
  | { ok: false; reason: 'too_many' };

type Context = {
  db: Db;
  settings: Settings;
  /** Value of the device cookie. */
  device?: string | null;
};

/**
 * Creates an account and emails a link to verify its address. If the address has an account, nothing changes, its owner
 * is notified by email, and the response is the same (ASVS 6.3.8). `signUpsPerHour` limits both, over all addresses
 * (ASVS 2.4.1).
 */
export async function signUp(
  { db, settings, device = null }: Context,
  input: z.output<typeof SignUp>,
): Promise<SignedUp> {
  const passwordHash = await hashPassword(input.password);
  return db.transaction(async (tx): Promise<SignedUp> => {
    const allAddresses = { kind: 'sign_up', key: 'all', windowSeconds: 3_600 } as const;
    const limited = { ...allAddresses, limit: settings.signUpsPerHour };
    if (await isFlooded(tx, input.email)) {
      if ((await throttleCount(tx, allAddresses)) >= settings.signUpsPerHour)
        return { ok: false, reason: 'too_many' };
      return { ok: true, device: rememberDevice(settings, device, randomUUID()) };
    }
    if (!(await takeThrottle(tx, limited))) return { ok: false, reason: 'too_many' };
    const userId = await create({ db: tx, settings }, { ...input, passwordHash });
    return { ok: true, device: rememberDevice(settings, device, userId ?? randomUUID()) };
  });
}

/** Whether an address has an account whose owner was already notified often enough. The row lock keeps the count exact. */
async function isFlooded(tx: Queryable, email: string): Promise<boolean> {
  const known = await tx.select({ id: users.id }).from(users).where(eq(users.email, email)).for('update');
  return known.length > 0 && (await mailedLastHour(tx, 'already-registered', email)) >= KNOWN_MAILS_PER_HOUR;
}

/** The ID of the new account. Null if the address already has one: its owner is notified instead. */
async function create(
  { db: tx, settings }: DbAndSettings,
  { email, name, passwordHash }: { email: string; name: string; passwordHash: string },
): Promise<string | null> {
  const [created] = await tx
    .insert(users)
    .values({ email, name, passwordHash })
    .onConflictDoNothing()
    .returning({ id: users.id });
  if (!created) {
    const [known] = await tx.select({ name: users.name }).from(users).where(eq(users.email, email));
    const props = {
      name: known?.name ?? '',
      signInLink: `${settings.portalUrl}/sign-in`,
      resetLink: `${settings.portalUrl}/forgot-password`,
    };
    await enqueueMail({ db: tx, settings }, { to: email, template: 'already-registered', props });
    return null;
  }
  const link = await makeAccountLink({ db: tx, settings }, created.id, 'verify_email');
  await enqueueMail({ db: tx, settings }, { to: email, template: 'verify-email', props: { name, link } });
  const subject = { kind: 'user' as const, id: created.id };
  await recordAudit(tx, 'system', 'account.create', subject, { after: { email, name, by: 'sign-up' } });
  return created.id;
}
