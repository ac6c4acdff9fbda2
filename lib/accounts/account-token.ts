import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { accountTokens } from '#db/schema/accounts.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { digestToken, mintToken } from '#lib/vault/tokens.ts';

type Kind = 'verify_email' | 'reset_password';

const PAGES = { verify_email: 'verify-email', reset_password: 'reset-password' } as const;
const MINUTES = { verify_email: 72 * 60, reset_password: 60 } as const;

/** Creates the link for an email and revokes older links of the same kind. The host comes from the configuration. */
export async function makeAccountLink(
  { db: tx, settings }: DbAndSettings,
  userId: string,
  kind: Kind,
): Promise<string> {
  await tx
    .update(accountTokens)
    .set({ usedAt: sql`now()` })
    .where(and(eq(accountTokens.userId, userId), eq(accountTokens.kind, kind), isNull(accountTokens.usedAt)));
  const token = mintToken();
  await tx.insert(accountTokens).values({
    userId,
    kind,
    tokenDigest: digestToken(token),
    expiresAt: sql`now() + make_interval(mins => ${MINUTES[kind]})`,
  });
  return `${settings.portalUrl}/${PAGES[kind]}/${token}`;
}

/** A token that hasn't expired or been used. */
const alive = (token: string, kind: Kind) =>
  and(
    eq(accountTokens.tokenDigest, digestToken(token)),
    eq(accountTokens.kind, kind),
    isNull(accountTokens.usedAt),
    gt(accountTokens.expiresAt, sql`now()`),
  );

/** The user of a valid token. Doesn't use it up. */
export async function readAccountToken(db: Queryable, token: string, kind: Kind): Promise<string | null> {
  const [row] = await db
    .select({ userId: accountTokens.userId })
    .from(accountTokens)
    .where(alive(token, kind));
  return row?.userId ?? null;
}

/** Uses up a valid token and returns the user's ID. Only one of several concurrent attempts succeeds (ASVS 2.3.4). */
export async function consumeAccountToken(tx: Queryable, token: string, kind: Kind): Promise<string | null> {
  const [row] = await tx
    .update(accountTokens)
    .set({ usedAt: sql`now()` })
    .where(alive(token, kind))
    .returning({ userId: accountTokens.userId });
  return row?.userId ?? null;
}
