import type { Db } from '#db/client.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { consumeAccountToken } from './account-token.ts';
import { markVerified } from './mark-verified.ts';

/** Confirms the address a token was mailed to. Dead, used and invented tokens answer alike. */
export async function verifyEmail(
  { db, settings }: { db: Db; settings: Settings },
  input: { token: string },
): Promise<{ ok: boolean }> {
  return db.transaction(async (tx) => {
    const userId = await consumeAccountToken(tx, input.token, 'verify_email');
    if (!userId) return { ok: false };
    await markVerified({ db: tx, settings }, userId);
    await recordAudit(tx, 'system', 'account.verify_email', { kind: 'user', id: userId });
    return { ok: true };
  });
}
