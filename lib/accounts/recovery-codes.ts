import { randomBytes } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { recoveryCodes } from '#db/schema/accounts.ts';
import { digestToken } from '#lib/vault/tokens.ts';

const RECOVERY_CODES = 10;
/** Crockford's base32: no letter that reads like a digit or like another one. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** 120 bits: above 112 a plain digest is enough, and no salt or slow hash is needed (ASVS 6.5.2). */
const LENGTH = 24;

const mintCode = () => Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % 32]).join('');

/** A code as it is stored: upper case, spaces and dashes do not matter, nor does an o for a 0. */
const normalise = (code: string) =>
  code
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .replace(/o/g, '0')
    .replace(/[il]/g, '1');

/** Replaces all of a user's recovery codes; answers the new ones, which are nowhere else in clear. */
export async function replaceRecoveryCodes(tx: Queryable, userId: string): Promise<string[]> {
  await deleteRecoveryCodes(tx, userId);
  const codes = Array.from({ length: RECOVERY_CODES }, mintCode);
  await tx.insert(recoveryCodes).values(codes.map((code) => ({ userId, codeDigest: digestToken(code) })));
  return codes.map((code) => code.match(/.{6}/g)!.join('-'));
}

export async function deleteRecoveryCodes(tx: Queryable, userId: string): Promise<void> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
}

/** Uses a recovery code up: of several tries at once exactly one succeeds. */
export async function consumeRecoveryCode(tx: Queryable, userId: string, code: string): Promise<boolean> {
  const used = await tx
    .update(recoveryCodes)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(recoveryCodes.userId, userId),
        eq(recoveryCodes.codeDigest, digestToken(normalise(code))),
        isNull(recoveryCodes.usedAt),
      ),
    )
    .returning({ id: recoveryCodes.id });
  return used.length === 1;
}
