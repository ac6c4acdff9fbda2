import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { NewPassword, personalWords, refusal } from './new-password.ts';
import { hashPassword } from './password.ts';
import { GivenPassword } from './password-rules.ts';
import { setPassword } from './set-password.ts';
import { NOT_YOUR_PASSWORD, provePassword } from './verify-password.ts';

export const ChangePassword = z.object({ current: GivenPassword, password: NewPassword });

type Changed = { ok: true } | { ok: false; field: 'current' | 'password'; message: string };

/** Changes one's own password. The current one is needed, and all other sessions end. */
export async function changePassword(
  { db, user, settings }: { db: Db; user: User; settings: Settings },
  input: z.output<typeof ChangePassword>,
): Promise<Changed> {
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
    // Hashing takes its time: whoever has set a new password by mail meanwhile has shut this one out.
    const [still] = await tx.select({ id: users.id }).from(users).where(proven).for('update');
    if (!still) return NOT_PROVEN;
    await setPassword({ db: tx, settings }, user.userId, passwordHash, user.sessionId);
    await recordAudit(tx, user, 'account.change_password', { kind: 'user', id: user.userId });
    return { ok: true };
  });
}

const NOT_PROVEN = { ok: false, field: 'current', message: NOT_YOUR_PASSWORD } as const;
