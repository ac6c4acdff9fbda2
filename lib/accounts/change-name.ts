import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import { PersonName } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';

export const ChangeName = z.object({
  name: PersonName(),
});

/** Changes the user's own name. */
export async function changeName(
  { db, user }: { db: Db; user: User },
  input: z.output<typeof ChangeName>,
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.update(users).set({ name: input.name }).where(eq(users.id, user.userId));
    await recordAudit(
      tx,
      user,
      'account.change_name',
      { kind: 'user', id: user.userId },
      { before: { name: user.name }, after: { name: input.name } },
    );
  });
}
