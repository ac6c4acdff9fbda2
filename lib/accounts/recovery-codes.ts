import { randomBytes } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { recoveryCodes } from '#db/schema/accounts.ts';
import { digestToken } from '#lib/vault/tokens.ts';

const RECOVERY_CODES = 10;
/** Crockford's base32, which has no characters that look alike. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** 120 bits. Above 112 a plain digest is enough, without salt or a slow hash (ASVS 6.5.2). */
const LENGTH = 24;

const mintCode = () => Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % 32]).join('');

/** A code as it is stored: upper case, ignoring spaces and dashes, with O read as 0. */
const normalize = (code: string) =>
  code
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .replace(/o/g, '0')
    .replace(/[il]/g, '1');

/** Replaces all of a user's recovery codes. Returns the new ones, which aren't stored in plain text. */
export async function replaceRecoveryCodes(tx: Queryable, userId: string): Promise<string[]> {
  await deleteRecoveryCodes(tx, userId);
  const codes = Array.from({ length: RECOVERY_CODES }, mintCode);
  await tx.insert(recoveryCodes).values(codes.map((code) => ({ userId, codeDigest: digestToken(code) })));
  return codes.map((code) => code.match(/.{6}/g)!.join('-'));
}

export async function deleteRecoveryCodes(tx: Queryable, userId: string): Promise<void> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
}

/** Uses up a recovery code. Only one of several concurrent attempts succeeds. */
export async function consumeRecoveryCode(tx: Queryable, userId: string, code: string): Promise<boolean> {
  const used = await tx
    .update(recoveryCodes)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(recoveryCodes.userId, userId),
        eq(recoveryCodes.codeDigest, digestToken(normalize(code))),
        isNull(recoveryCodes.usedAt),
      ),
    )
    .returning({ id: recoveryCodes.id });
  return used.length === 1;
}
