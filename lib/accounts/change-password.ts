import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { rememberDevice } from './known-device.ts';
import { NewPassword, personalWords, refusal } from './new-password.ts';
import { hashPassword } from './password.ts';
import { GivenPassword } from './password-rules.ts';
import { setPassword } from './set-password.ts';
import { NOT_YOUR_PASSWORD, provePassword } from './verify-password.ts';

export const ChangePassword = z.object({ current: GivenPassword, password: NewPassword });

type Changed =
  | { ok: true /** New value of the device cookie. */; device: string }
  | { ok: false; field: 'current' | 'password'; message: string };

/** Changes the user's own password. Requires the current one and ends all other sessions. */
export async function changePassword(
  { db, user, settings, device = null }: { db: Db; user: User; settings: Settings; device?: string | null },
  input: z.output<typeof ChangePassword>,
): Promise<Changed> {
  if (!user.emailVerified) return { ok: false, field: 'current', message: VERIFY_FIRST };
  const refused = refusal(input.password, await personalWords(db, user.userId));
  if (refused) return { ok: false, field: 'password', message: refused };
  const [before] = await db
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, user.userId));
  if (!before?.passwordHash || !(await provePassword({ db, user }, input.current))) return NOT_PROVEN;
  const proven = and(eq(users.id, user.userId), eq(users.passwordHash, before.passwordHash));
  const passwordHash = await hashPassword(input.password);
  return db.transaction(async (tx): Promise<Changed> => {
    // Hashing takes time. A password that was reset in the meantime is kept.
    const [still] = await tx.select({ id: users.id }).from(users).where(proven).for('update');
    if (!still) return NOT_PROVEN;
    await setPassword({ db: tx, settings }, user.userId, passwordHash, user.sessionId);
    await recordAudit(tx, user, 'account.change_password', { kind: 'user', id: user.userId });
    return { ok: true, device: rememberDevice(settings, device, user.userId) };
  });
}

const VERIFY_FIRST = 'Verify your email address first. Open the link in the email we sent you.';
const NOT_PROVEN = { ok: false, field: 'current', message: NOT_YOUR_PASSWORD } as const;
