import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { teams } from '#db/schema/teams.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { credentialScope } from './credential-scope.ts';
import { credentialStatus } from './credential-status.ts';
import { OneCredential } from './input.ts';
import { EXPIRATIONS, IssueCredential } from './issue-credential.ts';

/** The largest limit: an `integer` of PostgreSQL. */
const DAILY_LIMIT_MAX = 2_000_000_000;

const DailyLimit = z
  .union([z.literal('').transform(() => null), z.string().trim().regex(/^\d+$/).transform(Number)], {
    error: 'Enter a whole number, or leave it empty for no limit.',
  })
  .refine((limit) => limit === null || limit >= 1, 'Enter 1 or more. To stop the key, pause it.')
  .refine((limit) => limit === null || limit <= DAILY_LIMIT_MAX, 'Enter 2,000,000,000 or less.');

/** Absent fields stay unchanged. `until` means the end of the date `expiresOn` in UTC. */
export const EditCredential = OneCredential.extend({
  name: IssueCredential.shape.name.optional(),
  description: IssueCredential.shape.description.unwrap().optional(),
  expiration: z
    .enum(['keep', 'never', '30', '90', '180', 'until'], { error: 'Choose when the key expires.' })
    .optional(),
  expiresOn: z.union([z.iso.date('Choose a date.'), z.literal('')], { error: 'Choose a date.' }).optional(),
  dailyLimit: DailyLimit.optional(),
}).refine(({ expiration, expiresOn }) => expiration !== 'until' || expiresOn, {
  path: ['expiresOn'],
  error: 'Choose a date.',
});

/** `receipt` is null if the change takes no access away. */
type Edited =
  | { ok: true; changed: boolean; receipt: Receipt | null }
  | { ok: false; reason: 'not_found' | 'already_revoked' | 'ended' | 'in_past' | 'only_managers' }
  | { ok: false; reason: 'past_policy'; rotationDays: number };

/**
 * Changes a key's name, expiration and daily limit. An earlier expiration and a lower limit take access away: they
 * apply everywhere once the receipt is returned. Only owners and admins can extend, never an expired key, nor past
 * the age at which the team rotates its keys.
 */
export async function editCredential(
  { db, member }: { db: Queryable; member: Member },
  { keyId, expiration = 'keep', expiresOn, ...given }: z.output<typeof EditCredential>,
): Promise<Edited> {
  const mine = and(credentialScope(member, 'credential.edit'), eq(credentials.keyId, keyId));
  const gives = can(member, 'credential.edit');

  const change = await db.transaction(async (tx) => {
    const [row] = await tx
      .select({
        ...{ id: credentials.id, teamId: credentials.teamId, status: credentialStatus },
        ...{ name: credentials.name, description: credentials.description },
        ...{ expiresAt: credentials.expiresAt, dailyLimit: credentials.dailyLimit },
        wanted: sql`${wantedEnd(expiration, expiresOn)}`.mapWith(credentials.expiresAt),
        inPast: sql<boolean | null>`${wantedEnd(expiration, expiresOn)} <= now()`,
        rotationDays: rotationDays(),
        pastPolicy: sql<boolean | null>`coalesce(${wantedEnd(expiration, expiresOn)}, 'infinity')
          > ${credentials.createdAt} + make_interval(hours => ${rotationDays()} * 24)`,
      })
      .from(credentials)
      .innerJoin(teams, eq(teams.id, credentials.teamId))
      .where(mine)
      .for('update', { of: credentials });
    if (!row) return { ok: false, reason: 'not_found' } as const;
    if (row.status === 'revoked') return { ok: false, reason: 'already_revoked' } as const;

    const { id, teamId, status, wanted, inPast, rotationDays: policy, pastPolicy, ...before } = row;
    const after = { ...before, ...defined(given), ...(expiration === 'keep' ? {} : { expiresAt: wanted }) };
    const end = compare(before.expiresAt?.getTime() ?? null, after.expiresAt?.getTime() ?? null);
    const limit = compare(before.dailyLimit, after.dailyLimit);
    if (end !== 'same') {
      if (status === 'expired') return { ok: false, reason: 'ended' } as const;
      if (inPast) return { ok: false, reason: 'in_past' } as const;
    }
    if ((end === 'more' || limit === 'more') && !gives)
      return { ok: false, reason: 'only_managers' } as const;
    if (end === 'more' && pastPolicy && policy !== null)
      return { ok: false, reason: 'past_policy', rotationDays: policy } as const;

    const fields = changedFields(before, after);
    if (fields.length === 0) return { ok: true, changed: false, epoch: null } as const;
    await tx
      .update(credentials)
      .set(after)
      .where(and(eq(credentials.id, id), eq(credentials.teamId, teamId)));
    await recordAudit(
      tx,
      member,
      'credential.edit',
      { kind: 'credential', id: keyId },
      { before: pick(before, fields), after: pick(after, fields) },
    );
    if (end === 'same' && limit === 'same') return { ok: true, changed: true, epoch: null } as const;
    const epoch = await raiseEpoch(tx, { kind: 'credential', id });
    // More access needs no confirmation, but gateways must still reload the key.
    return { ok: true, changed: true, epoch: end === 'less' || limit === 'less' ? epoch : null } as const;
  });
  if (!change.ok) return change;

  const receipt = change.epoch === null ? null : await confirmEpoch(db, change.epoch);
  return { ok: true, changed: change.changed, receipt };
}

/** By the database clock, in days of 24 hours. Null for never. */
function wantedEnd(
  expiration: Exclude<z.output<typeof EditCredential>['expiration'], undefined>,
  on?: string,
) {
  if (expiration === 'until') return sql`(${on ?? null}::date + 1)::timestamp at time zone 'utc'`;
  const days = expiration === 'keep' ? null : EXPIRATIONS[expiration];
  return days === null
    ? sql`null::timestamptz`
    : sql`date_trunc('milliseconds', now()) + make_interval(hours => ${days * 24})`;
}

const rotationDays = () => sql<number | null>`case ${credentials.environment}
  when 'development' then ${teams.rotationDaysDevelopment}
  when 'staging' then ${teams.rotationDaysStaging}
  else ${teams.rotationDaysProduction} end`;

/** Null means no limit. */
function compare(before: number | null, after: number | null): 'same' | 'less' | 'more' {
  if (before === after) return 'same';
  return (after ?? Number.POSITIVE_INFINITY) < (before ?? Number.POSITIVE_INFINITY) ? 'less' : 'more';
}

type Values = { name: string; description: string; expiresAt: Date | null; dailyLimit: number | null };
type Field = keyof Values;

const changedFields = (before: Values, after: Values): Field[] =>
  (['name', 'description', 'expiresAt', 'dailyLimit'] as const).filter(
    (field) => String(before[field]) !== String(after[field]),
  );

const pick = (values: Values, fields: readonly Field[]): Partial<Values> =>
  Object.fromEntries(fields.map((field) => [field, values[field]]));

const defined = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  // The entries keep the type of the object, which `Object.fromEntries` loses.
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
