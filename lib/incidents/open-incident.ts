import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { incidentEvents, incidents } from '#db/schema/incidents.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { plainText } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { credentialScope } from '#lib/credentials/credential-scope.ts';
import { OneCredential } from '#lib/credentials/input.ts';
import { NAME_MAX } from '#lib/credentials/successor-name.ts';
import { randomBase62 } from '#lib/vault/tokens.ts';
import { MONITOR_DAYS, recordStep } from './input.ts';
import { mailIncident } from './mail-incident.ts';
import { confirmedWords } from './receipt-text.ts';
import { type Replaced, replaceKey } from './replace-key.ts';

export const OpenIncident = OneCredential.extend({
  reason: plainText('description', { max: 1000, lines: 'many' }).default(''),
  /** A checkbox: whether to generate a replacement. */
  replace: z
    .literal('on')
    .optional()
    .transform((value) => value === 'on'),
  name: plainText('name', { max: NAME_MAX }).default(''),
});

/** `receipt` is null if the key was already revoked; `replacement` is null if none was requested. */
type Opened =
  | { ok: true; incidentId: string; receipt: Receipt | null; replacement: Replaced | null }
  | { ok: false; reason: 'not_found' }
  | { ok: false; reason: 'already_open'; incidentId: string };

/**
 * "Key compromised?": revokes the key and opens its incident, waits until every gateway rejects the key, then generates
 * a replacement. These are two transactions: a key that can't be replaced is still revoked, and if the process dies in
 * between, the incident's second step is still open.
 */
export async function openIncident(
  context: { db: Queryable; member: Member; settings: Settings },
  input: z.output<typeof OpenIncident>,
): Promise<Opened> {
  const { db, member, settings } = context;
  const mine = and(credentialScope(member, 'incident.run'), eq(credentials.keyId, input.keyId));

  const opened = await db.transaction(async (tx) => {
    // The row lock lets one incident be opened at a time: a second request finds the first.
    const [key] = await tx
      .select({ id: credentials.id, name: credentials.name, memberId: credentials.memberId })
      .from(credentials)
      .where(mine)
      .for('no key update');
    if (!key) return { ok: false, reason: 'not_found' } as const;
    const [open] = await tx
      .select({ incidentId: incidents.publicId })
      .from(incidents)
      .where(and(eq(incidents.credentialId, key.id), isNull(incidents.closedAt)));
    if (open) return { ok: false, reason: 'already_open', ...open } as const;

    const [revoked] = await tx
      .update(credentials)
      .set({ status: 'revoked', revokedAt: sql`now()`, revokedBy: member.memberId })
      .where(and(mine, ne(credentials.status, 'revoked')))
      .returning({ id: credentials.id });
    const incidentId = `inc_${randomBase62(16)}`;
    const [row] = await tx
      .insert(incidents)
      .values({
        ...{ teamId: member.teamId, publicId: incidentId, credentialId: key.id, reason: input.reason },
        openedBy: member.memberId,
        revokedAt: sql`(select revoked_at from ${credentials} c where c.id = ${key.id})`,
        monitorUntil: sql`now() + make_interval(hours => ${MONITOR_DAYS * 24})`,
      })
      .returning({ id: incidents.id });
    await recordStep(tx, member, row!, 'opened', input.reason);
    const step = await recordStep(tx, member, row!, 'revoked', revoked ? UNCONFIRMED : BEFORE);
    if (revoked)
      await recordAudit(
        tx,
        member,
        'credential.revoke',
        { kind: 'credential', id: input.keyId },
        { after: { name: key.name, incident: incidentId } },
      );
    await recordAudit(
      tx,
      member,
      'incident.open',
      { kind: 'incident', id: incidentId },
      { after: { key: key.name, keyId: input.keyId } },
    );
    await mailIncident({ db: tx, settings }, member, { ...key, incidentId });
    const epoch = revoked ? await raiseEpoch(tx, { kind: 'credential', id: key.id }) : null;
    return { ok: true, incidentId, step, epoch } as const;
  });
  if (!opened.ok) return opened;

  const { incidentId, step, epoch } = opened;
  const receipt = epoch === null ? null : await confirmEpoch(db, epoch);
  if (receipt)
    await db
      .update(incidentEvents)
      .set({ text: confirmedWords(receipt) })
      .where(and(eq(incidentEvents.id, step), eq(incidentEvents.teamId, member.teamId)));
  const replacement = input.replace ? await replaceKey(context, { incidentId, name: input.name }) : null;
  return { ok: true, incidentId, receipt, replacement };
}

const BEFORE = 'It was already revoked.';
/** Stored in case the process dies before the gateways confirm. */
const UNCONFIRMED =
  'The gateways’ confirmation wasn’t recorded. Each gateway rejects the key when its lease expires, at the latest.';
