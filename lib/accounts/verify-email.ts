import { eq, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { env } from '#lib/env.ts';
import { normaliseMailbox } from '#lib/mail/address.ts';
import { consumeAccountToken } from './account-token.ts';

/** Confirms the address a token was mailed to. Dead, used and invented tokens answer alike. */
export async function verifyEmail({ db }: { db: Db }, input: { token: string }): Promise<{ ok: boolean }> {
  return db.transaction(async (tx) => {
    const userId = await consumeAccountToken(tx, input.token, 'verify_email');
    if (!userId) return { ok: false };
    const [user] = await tx
      .update(users)
      .set({ emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, now())` })
      .where(eq(users.id, userId))
      .returning({ email: users.email });
    await recordAudit(tx, 'system', 'account.verify_email', { kind: 'user', id: userId });
    // The one who runs this installation is named in its configuration, and is who can read that mailbox.
    const operator = env().OPERATOR_EMAIL;
    if (user && operator && normaliseMailbox(operator) === user.email) {
      await tx.update(users).set({ isOperator: true }).where(eq(users.id, userId));
      await recordAudit(tx, 'system', 'account.make_operator', { kind: 'user', id: userId });
    }
    return { ok: true };
  });
}
