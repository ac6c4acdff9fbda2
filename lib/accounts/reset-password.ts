import { z } from 'zod';
import type { Db } from '#db/client.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { consumeAccountToken, readAccountToken } from './account-token.ts';
import { rememberDevice } from './known-device.ts';
import { markVerified } from './mark-verified.ts';
import { NewPassword, personalWords, refusal } from './new-password.ts';
import { hashPassword } from './password.ts';
import { setPassword } from './set-password.ts';

export const ResetPassword = z.object({ token: z.string().max(200), password: NewPassword });

type Reset =
  | {
      ok: true;
      /** New value of the device cookie: this browser has just proven access to the mailbox. */
      device: string;
    }
  | { ok: false; reason: 'dead_link' }
  | { ok: false; reason: 'weak'; message: string };

/** Sets a new password with an emailed token and ends all sessions. Having read the email also verifies the address. */
export async function resetPassword(
  { db, settings, device = null }: { db: Db; settings: Settings; device?: string | null },
  input: z.output<typeof ResetPassword>,
): Promise<Reset> {
  const holder = await readAccountToken(db, input.token, 'reset_password');
  const message = holder && refusal(input.password, await personalWords(db, holder));
  if (message) return { ok: false, reason: 'weak', message };
  const passwordHash = await hashPassword(input.password);
  return db.transaction(async (tx) => {
    const userId = await consumeAccountToken(tx, input.token, 'reset_password');
    if (!userId) return { ok: false, reason: 'dead_link' };
    await setPassword({ db: tx, settings }, userId, passwordHash);
    await markVerified({ db: tx, settings }, userId);
    await recordAudit(tx, 'system', 'account.reset_password', { kind: 'user', id: userId });
    return { ok: true, device: rememberDevice(settings, device, userId) };
  });
}
