import { and, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { incidents } from '#db/schema/incidents.ts';
import type { Member } from '#lib/access/member.ts';
import { plainText } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { credentialStatus } from '#lib/credentials/credential-status.ts';
import type { IssuedKeys } from '#lib/credentials/format.ts';
import { ownLiveKey } from '#lib/credentials/issue-own-key.ts';
import { inherited, makeSuccessor } from '#lib/credentials/make-successor.ts';
import { lockForSuccessor } from '#lib/credentials/rotate-credential.ts';
import { NAME_MAX, successorName } from '#lib/credentials/successor-name.ts';
import { lockIncident, OneIncident, reachIncidents, recordStep } from './input.ts';

export const ReplaceKey = OneIncident.extend({
  /** If empty, the name is the old one with the date. */
  name: plainText('name', { max: NAME_MAX }).default(''),
});

/** `keys` is null if a working key had already replaced it: `keyId` names that one. */
export type Replaced =
  | { ok: true; keyId: string; keys: IssuedKeys | null }
  | { ok: false; reason: 'not_found' | 'closed' | 'already_replaced' | 'archived' | 'same_name' }
  | { ok: false; reason: 'own_key_of_another' | 'not_active' };

/**
 * Gives an incident's key a replacement: its successor from a rotation if that one works, otherwise a new pair with the
 * same application, environment, restrictions and limit. The secret is returned once.
 */
export async function replaceKey(
  { db, member }: { db: Queryable; member: Member },
  { incidentId, name: wanted }: z.output<typeof ReplaceKey>,
): Promise<Replaced> {
  const subject = { kind: 'incident' as const, id: incidentId };
  const ofIncident = sql`${credentials.id} = (select credential_id from ${incidents}
    where ${and(reachIncidents(db, member), eq(incidents.publicId, incidentId))})`;

  return db.transaction(async (tx) => {
    const refused = await lockForSuccessor(tx, member, ofIncident);
    const incident = await lockIncident(tx, member, incidentId);
    if (!incident) return { ok: false, reason: 'not_found' };
    if (incident.closedAt) return { ok: false, reason: 'closed' };
    if (incident.successorId) return { ok: false, reason: 'already_replaced' };

    const tip = await lockTip(tx, incident.credentialId);
    const working = tip.status !== 'revoked' && tip.status !== 'expired';
    const known = working ? tip : await ownKeyMeanwhile(tx, member, tip.left.memberId);
    if (known) {
      await setReplacement(tx, incident.id, known.id);
      await recordStep(tx, member, incident, 'replaced', `Already replaced by “${known.name}”.`);
      await recordAudit(tx, member, 'incident.replace', subject, { after: { replacedBy: known.keyId } });
      return { ok: true, keyId: known.keyId, keys: null };
    }
    if (refused) return refused;
    if (tip.archivedAt) return { ok: false, reason: 'archived' };
    if (wanted === tip.name) return { ok: false, reason: 'same_name' };

    const name = wanted || successorName(tip.name, 'replaced', tip.today);
    const { id, ...keys } = await makeSuccessor(tx, member, tip.left, name);
    await setReplacement(tx, incident.id, id);
    await recordStep(tx, member, incident, 'replaced', `Replaced by “${name}”.`);
    await recordAudit(
      tx,
      member,
      'credential.issue',
      { kind: 'credential', id: keys.keyId },
      { after: { name, environment: keys.environment, replaces: tip.keyId, incident: incidentId } },
    );
    await recordAudit(tx, member, 'incident.replace', subject, { after: { replacedBy: keys.keyId } });
    return { ok: true, keyId: keys.keyId, keys };
  });
}

const setReplacement = (tx: Queryable, id: string, successorId: string) =>
  tx.update(incidents).set({ successorId, replacedAt: sql`now()` }).where(eq(incidents.id, id));

/** The last key of a chain, with its row locked. A key that was rotated meanwhile is no longer the last. */
async function lockTip(tx: Queryable, id: string) {
  const [row] = await tx
    .select({
      ...inherited,
      keyId: credentials.keyId,
      status: credentialStatus,
      successorId: credentials.successorId,
      archivedAt: applications.archivedAt,
      today: sql<Date>`now()`.mapWith(credentials.createdAt),
    })
    .from(credentials)
    .innerJoin(applications, eq(applications.id, credentials.applicationId))
    .where(eq(credentials.id, id))
    .for('no key update', { of: credentials });
  const { keyId, status, successorId, archivedAt, today, ...left } = row!; // Guaranteed by a foreign key.
  if (successorId) return lockTip(tx, successorId);
  return { id, name: left.name, keyId, status, archivedAt, today, left };
}

/** The member's new own key, if they have generated one. */
async function ownKeyMeanwhile(tx: Queryable, member: Member, memberId: string | null) {
  if (memberId !== member.memberId) return null;
  const [row] = await tx
    .select({ id: credentials.id, name: credentials.name, keyId: credentials.keyId })
    .from(credentials)
    .where(ownLiveKey(member));
  return row ?? null;
}
