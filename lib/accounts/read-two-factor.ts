import { and, eq, isNull } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { recoveryCodes, users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';

export type TwoFactor = { since: Date | null; codesLeft: number };

/** When two-factor authentication was turned on (null: off), and how many recovery codes are left. */
export async function readTwoFactor({ db, user }: { db: Db; user: User }): Promise<TwoFactor> {
  const [row] = await db
    .select({ since: users.totpConfirmedAt })
    .from(users)
    .where(eq(users.id, user.userId));
  const codesLeft = await db.$count(
    recoveryCodes,
    and(eq(recoveryCodes.userId, user.userId), isNull(recoveryCodes.usedAt)),
  );
  return { since: row?.since ?? null, codesLeft };
}
