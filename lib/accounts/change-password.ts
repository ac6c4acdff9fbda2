import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { hashPassword, passwordMatches } from './password.ts';
import { NewPassword, PASSWORD_MAX, weakness } from './password-rules.ts';
import { setPassword } from './set-password.ts';

export const ChangePassword = z.object({
  current: z
    .string()
    .min(1, 'Enter your current password.')
    .max(PASSWORD_MAX * 4),
  password: NewPassword,
});

type Changed = { ok: true } | { ok: false; field: 'current' | 'password'; message: string };

/** Changes one's own password. The current one is needed, and all other sessions end. */
export async function changePassword(
  { db, user }: { db: Db; user: User },
  input: z.output<typeof ChangePassword>,
): Promise<Changed> {
  const weak = weakness(input.password, [user.name, user.email]);
  if (weak) return { ok: false, field: 'password', message: weak };
  const [row] = await db
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, user.userId));
  if (!(await passwordMatches(input.current, row?.passwordHash ?? null))) {
    return { ok: false, field: 'current', message: 'This is not your current password.' };
  }
  const passwordHash = await hashPassword(input.password);
  await db.transaction(async (tx) => {
    await setPassword(tx, user.userId, passwordHash, user.sessionId);
    await recordAudit(tx, user, 'account.change_password', { kind: 'user', id: user.userId });
  });
  return { ok: true };
}
