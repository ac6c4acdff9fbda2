import { and, asc, eq, isNotNull } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { normalizeMailbox } from '#lib/mail/address.ts';

/** Verbs for the command line. Anyone who can run it has access to the database. */

type OperatorRow = {
  email: string;
  name: string;
  addedBy: 'configuration' | 'command';
  hasSecondFactor: boolean;
};

/** All operators, by email address. */
export async function listOperators({ db }: { db: Db }): Promise<OperatorRow[]> {
  const rows = await db
    .select({
      ...{ email: users.email, name: users.name, source: users.operatorSource },
      totpConfirmedAt: users.totpConfirmedAt,
    })
    .from(users)
    .where(eq(users.isOperator, true))
    .orderBy(asc(users.email));
  return rows.map(({ email, name, source, totpConfirmedAt }) => ({
    ...{ email, name, addedBy: source ?? 'configuration' },
    hasSecondFactor: totpConfirmedAt !== null,
  }));
}

type Changed = { ok: true } | { ok: false; reason: 'not_found' | 'not_verified' | 'unchanged' };

/** Makes an existing account with a verified address an operator. */
export async function addOperator({ db }: { db: Db }, input: { email: string }): Promise<Changed> {
  return db.transaction(async (tx): Promise<Changed> => {
    const [user] = await tx
      .select({ id: users.id, verifiedAt: users.emailVerifiedAt, source: users.operatorSource })
      .from(users)
      .where(eq(users.email, normalizeMailbox(input.email) ?? ''))
      .for('update');
    if (!user) return { ok: false, reason: 'not_found' };
    if (!user.verifiedAt) return { ok: false, reason: 'not_verified' };
    if (user.source === 'command') return { ok: false, reason: 'unchanged' };
    await tx
      .update(users)
      .set({ isOperator: true, operatorSource: 'command' })
      .where(and(eq(users.id, user.id), isNotNull(users.emailVerifiedAt)));
    const subject = { kind: 'user' as const, id: user.id };
    await recordAudit(tx, 'operator', 'operator.add', subject, { after: { by: 'command' } });
    return { ok: true };
  });
}

/** Removes the operator role from an account. It takes effect with the account's next request. */
export async function removeOperator({ db }: { db: Db }, input: { email: string }): Promise<Changed> {
  return db.transaction(async (tx): Promise<Changed> => {
    const own = eq(users.email, normalizeMailbox(input.email) ?? '');
    const [removed] = await tx
      .update(users)
      .set({ isOperator: false, operatorSource: null })
      .where(and(own, eq(users.isOperator, true)))
      .returning({ id: users.id });
    if (!removed) return { ok: false, reason: (await tx.$count(users, own)) > 0 ? 'unchanged' : 'not_found' };
    const subject = { kind: 'user' as const, id: removed.id };
    await recordAudit(tx, 'operator', 'operator.remove', subject, { after: { by: 'command' } });
    return { ok: true };
  });
}
