import { and, eq, isNotNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { consumeCode } from './consume-code.ts';
import { GivenPassword } from './password-rules.ts';
import { canTry, countFailure } from './throttle.ts';
import { provePassword } from './verify-password.ts';

export const BothFactors = z.object({
  current: GivenPassword,
  code: z
    .string({ error: 'Enter a code.' })
    .trim()
    .min(1, 'Enter a code.')
    .max(100, 'Enter a code of at most 100 characters.'),
});

export type Unproven = { ok: false; reason: 'wrong_password' | 'wrong_code' | 'not_on' };

/** Runs a two-factor change in a transaction after both password and code were verified. */
export async function withBothFactors<T>(
  { db, user, now = new Date(), settings }: { db: Db; user: User; now?: Date; settings: Settings },
  input: z.output<typeof BothFactors>,
  change: (tx: Queryable) => Promise<T>,
): Promise<T | Unproven> {
  if (!(await provePassword({ db, user }, input.current))) return { ok: false, reason: 'wrong_password' };
  return db.transaction(async (tx): Promise<T | Unproven> => {
    const [row] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, user.userId), isNotNull(users.totpConfirmedAt)))
      .for('update');
    if (!row) return { ok: false, reason: 'not_on' };
    if (!(await canTry(tx, user.userId, 'session'))) return { ok: false, reason: 'wrong_code' };
    if (!(await consumeCode({ db: tx, settings }, user.userId, input.code, now))) {
      await countFailure(tx, user, 'session', 'wrong_code');
      return { ok: false, reason: 'wrong_code' };
    }
    return change(tx);
  });
}
