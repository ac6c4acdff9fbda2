import type { z } from 'zod';
import type { Db } from '#db/client.ts';
import type { User } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { replaceRecoveryCodes } from './recovery-codes.ts';
import { type BothFactors, type Unproven, withBothFactors } from './verify-both-factors.ts';

/** Creates new recovery codes and invalidates the old ones. */
export async function newRecoveryCodes(
  context: { db: Db; user: User; now?: Date; settings: Settings },
  input: z.output<typeof BothFactors>,
): Promise<{ ok: true; recoveryCodes: string[] } | Unproven> {
  const { user } = context;
  return withBothFactors(context, input, async (tx) => {
    const recoveryCodes = await replaceRecoveryCodes(tx, user.userId);
    await recordAudit(tx, user, 'account.new_recovery_codes', { kind: 'user', id: user.userId });
    return { ok: true, recoveryCodes };
  });
}
