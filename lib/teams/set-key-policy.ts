import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';

const ROTATION_DAYS_MAX = 730;

/** Days after which a key should be rotated. Empty for no limit. */
const Days = z
  .string()
  .trim()
  .default('')
  .refine((text) => text === '' || /^\d{1,9}$/.test(text), 'Enter a number of days, or leave it empty.')
  .transform((text) => (text === '' ? null : Number(text)))
  .refine((days) => days === null || days >= 1, 'Enter at least one day, or leave it empty.')
  .refine((days) => days === null || days <= ROTATION_DAYS_MAX, `Enter at most ${ROTATION_DAYS_MAX} days.`);

export const SetKeyPolicy = z.object({
  /** A checkbox: absent unless it's checked. */
  revokesExposed: z
    .enum(['on', 'true', 'false'], { error: 'Choose whether to revoke exposed keys.' })
    .default('false')
    .transform((text) => text !== 'false'),
  rotationDaysDevelopment: Days,
  rotationDaysStaging: Days,
  rotationDaysProduction: Days,
});
export type KeyPolicy = z.output<typeof SetKeyPolicy>;

const columns = {
  revokesExposed: teams.revokesExposed,
  rotationDaysDevelopment: teams.rotationDaysDevelopment,
  rotationDaysStaging: teams.rotationDaysStaging,
  rotationDaysProduction: teams.rotationDaysProduction,
};

/** The team's key policy. */
export async function readKeyPolicy({ db, member }: { db: Queryable; member: Member }): Promise<KeyPolicy> {
  authorize(member, 'team.view');
  const [team] = await db.select(columns).from(teams).where(eq(teams.id, member.teamId));
  return team!; // A member proves that the team exists.
}

/** Sets whether exposed keys are revoked automatically, and when to rotate keys. The same policy changes nothing. */
export async function setKeyPolicy(
  { db, member }: { db: Queryable; member: Member },
  { revokesExposed, rotationDaysDevelopment, rotationDaysStaging, rotationDaysProduction }: KeyPolicy,
): Promise<{ ok: true } | { ok: false; reason: 'not_found' }> {
  authorize(member, 'policy.edit');
  const own = and(eq(teams.id, member.teamId), isNull(teams.deletedAt));

  return db.transaction(async (tx) => {
    const [before] = await tx.select(columns).from(teams).where(own).for('no key update');
    if (!before) return { ok: false, reason: 'not_found' };
    const after = { revokesExposed, rotationDaysDevelopment, rotationDaysStaging, rotationDaysProduction };
    if (JSON.stringify(before) === JSON.stringify(after)) return { ok: true };

    await tx.update(teams).set(after).where(own);
    const subject = { kind: 'team' as const, id: member.teamId };
    await recordAudit(tx, member, 'team.set_key_policy', subject, { before, after });
    return { ok: true };
  });
}
