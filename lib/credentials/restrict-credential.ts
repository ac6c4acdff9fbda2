import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { credentialScope } from './credential-scope.ts';
import { OneCredential } from './input.ts';
import { AllowedDomains, AllowedIps } from './restrictions.ts';

export const RestrictCredential = OneCredential.extend({
  allowedIps: AllowedIps,
  allowedDomains: AllowedDomains,
  /** Whether requests that name no page are rejected, if there are allowed domains. They are unless said otherwise. */
  originRequired: z
    .enum(['true', 'false'], 'Choose whether to accept them.')
    .transform((text) => text === 'true')
    .optional(),
});

/** `receipt` is null if neither list changed. */
type Restricted =
  | { ok: true; allowedIps: string[]; allowedDomains: string[]; receipt: Receipt | null }
  | { ok: false; reason: 'not_found' | 'already_revoked' };

/** Sets where a key can be used from, everywhere once the receipt is returned. An empty list allows everything. */
export async function restrictCredential(
  { db, member }: { db: Queryable; member: Member },
  { keyId, allowedIps, allowedDomains, originRequired = true }: z.output<typeof RestrictCredential>,
): Promise<Restricted> {
  const mine = and(credentialScope(member, 'credential.restrict'), eq(credentials.keyId, keyId));

  const change = await db.transaction(async (tx) => {
    // The row lock serializes two changes, so the audit log says what each of them replaced.
    const [row] = await tx
      .select({
        id: credentials.id,
        status: credentials.status,
        allowedIps: credentials.allowedIps,
        allowedDomains: credentials.allowedDomains,
        originRequired: credentials.originRequired,
      })
      .from(credentials)
      .where(mine)
      .for('update');
    if (!row) return { ok: false, reason: 'not_found' } as const;
    const { id, status, ...before } = row;
    if (status === 'revoked') return { ok: false, reason: 'already_revoked' } as const;
    const after = { allowedIps, allowedDomains, originRequired };
    if (isSame(before, after)) return { ok: true, epoch: null } as const;

    await tx
      .update(credentials)
      .set(after)
      .where(and(eq(credentials.id, id), eq(credentials.teamId, member.teamId)));
    await recordAudit(
      tx,
      member,
      'credential.restrict',
      { kind: 'credential', id: keyId },
      { before, after },
    );
    return { ok: true, epoch: await raiseEpoch(tx, { kind: 'credential', id }) } as const;
  });
  if (!change.ok) return change;

  const receipt = change.epoch === null ? null : await confirmEpoch(db, change.epoch);
  return { ok: true, allowedIps, allowedDomains, receipt };
}

type Restrictions = { allowedIps: string[]; allowedDomains: string[]; originRequired: boolean };

const isSame = (one: Restrictions, other: Restrictions): boolean =>
  one.originRequired === other.originRequired &&
  isSameList(one.allowedIps, other.allowedIps) &&
  isSameList(one.allowedDomains, other.allowedDomains);

const isSameList = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((entry, i) => entry === other[i]);
