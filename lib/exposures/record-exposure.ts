import { and, eq, ne, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { credentialExposures, credentials } from '#db/schema/credentials.ts';
import { members, teams } from '#db/schema/teams.ts';
import { raiseEpoch } from '#lib/access/epoch.ts';
import type { Settings } from '#lib/access/settings.ts';
import { asLine, asLines } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { digestSecret, parseSecretKey } from '#lib/credentials/format.ts';
import { redactKeys } from '#lib/vault/find-keys.ts';
import { notifyExposure, type Outcome } from './notify-exposure.ts';
import type { ExposureSource } from './sources.ts';

export type Find = {
  /** The secret key, as proof. Never stored. */
  secret: string;
  source: ExposureSource;
  /** An external URL or a field of the portal. Masked and shortened here. */
  place: string;
  note?: string;
  /** The person who entered it, if they were signed in. Their name is shown to the team only if they are a member. */
  by?: { userId: string; name: string } | null;
};

/** Confirm `epoch` after the commit. Null if no access was taken away. */
export type Recorded = { known: false } | { known: true; isNew: boolean; epoch: number | null };

/** Sources that are public. The others are seen only by the portal or the gateway. */
const PUBLIC: readonly ExposureSource[] = ['secret_scanning', 'found_key'];
const PLACE_MAX = 500;
const NOTE_MAX = 1_000;
/** Per key, so that a holder of the key can't fill the table or mailboxes with reports. */
export const EXPOSURES_MAX = 200;
export const NOTIFIED_PER_HOUR = 5;

/**
 * Records an exposed secret key, once per place, marks the key as exposed, and notifies its team. A key found in public
 * is revoked if the team's policy says so. Unknown keys leave no trace.
 */
export async function recordExposure(
  { db, settings }: { db: Queryable; settings: Settings },
  find: Find,
): Promise<Recorded> {
  const reference = parseSecretKey(find.secret);
  if (!reference) return { known: false };
  const digest = digestSecret(find.secret);

  return db.transaction(async (tx) => {
    // The lock serializes reports of the same key, so the counts below are exact until commit.
    const [key] = await tx
      .select({
        ...{ id: credentials.id, keyId: credentials.keyId, name: credentials.name },
        ...{ environment: credentials.environment, memberId: credentials.memberId },
        ...{ teamId: credentials.teamId, status: credentials.status },
        expired: sql<boolean>`coalesce(least(${credentials.expiresAt}, ${credentials.retiresAt}) <= now(), false)`,
        ...{
          team: teams.name,
          slug: teams.slug,
          revokes: teams.revokesExposed,
          teamDeletedAt: teams.deletedAt,
        },
      })
      .from(credentials)
      .innerJoin(teams, eq(teams.id, credentials.teamId))
      .where(and(eq(credentials.keyId, reference.keyId), eq(credentials.secretDigest, digest)))
      .for('no key update', { of: credentials });
    if (!key) return { known: false };

    const revokes = key.revokes && key.status !== 'revoked' && PUBLIC.includes(find.source);
    const exposure = {
      ...{ teamId: key.teamId, credentialId: key.id, source: find.source, revoked: revokes },
      place: redactKeys(asLine(find.place.slice(0, 4 * PLACE_MAX), PLACE_MAX)),
      note: redactKeys(asLines((await enteredBy(tx, key.teamId, find)) ?? find.note ?? '')).slice(
        0,
        NOTE_MAX,
      ),
    };
    const [row] = (await isUnderLimit(tx, key.id, EXPOSURES_MAX))
      ? await tx.insert(credentialExposures).values(exposure).onConflictDoNothing().returning()
      : [];

    await tx
      .update(credentials)
      .set({
        exposedAt: sql`coalesce(${credentials.exposedAt}, now())`,
        ...(revokes ? { status: 'revoked' as const, revokedAt: sql`now()` } : {}),
      })
      .where(eq(credentials.id, key.id));
    const subject = { kind: 'credential' as const, id: key.keyId };
    const { name, teamId } = key;
    const { source, place } = exposure;
    if (row)
      await recordAudit(tx, 'system', 'credential.expose', subject, {
        teamId,
        after: { name, source, place },
      });
    if (revokes)
      await recordAudit(tx, 'system', 'credential.revoke', subject, {
        teamId,
        after: { name, because: 'exposed', source },
      });

    const works: Outcome = find.source === 'portal_text' ? 'typed' : 'works';
    const outcome = revokes ? 'revoked' : key.status === 'revoked' || key.expired ? 'dead' : works;
    const notifies = revokes || (row && (await isUnderLimit(tx, key.id, NOTIFIED_PER_HOUR + 1, '1 hour')));
    if (notifies && !key.teamDeletedAt)
      await notifyExposure({ db: tx, settings }, key, {
        ...exposure,
        id: row?.id ?? null,
        foundAt: row?.foundAt ?? null,
        outcome,
      });
    const epoch = revokes ? await raiseEpoch(tx, { kind: 'credential', id: key.id }) : null;
    return { known: true, isNew: row !== undefined, epoch };
  });
}

/** Whether fewer than `max` exposures of a key are recorded, optionally within an interval. */
async function isUnderLimit(
  tx: Queryable,
  credentialId: string,
  max: number,
  since?: string,
): Promise<boolean> {
  const recent = since ? sql`${credentialExposures.foundAt} > now() - ${since}::interval` : undefined;
  return (
    (await tx.$count(credentialExposures, and(eq(credentialExposures.credentialId, credentialId), recent))) <
    max
  );
}

async function enteredBy(tx: Queryable, teamId: string, { by }: Find): Promise<string | null> {
  if (!by) return null;
  const colleague = await tx.$count(
    members,
    and(eq(members.teamId, teamId), eq(members.userId, by.userId), ne(members.status, 'removed')),
  );
  return colleague > 0 ? `Entered by ${by.name}.` : 'Entered by someone outside the team.';
}
