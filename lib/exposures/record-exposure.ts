import { and, eq, ne, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { credentialExposures, credentials, type exposureSource } from '#db/schema/credentials.ts';
import { members, teams } from '#db/schema/teams.ts';
import { raiseEpoch } from '#lib/access/epoch.ts';
import type { Settings } from '#lib/access/settings.ts';
import { asLine, asLines } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { digestSecret, parseSecretKey } from '#lib/credentials/format.ts';
import { redactKeys } from '#lib/vault/find-keys.ts';
import { type Outcome, tellExposure } from './notify-exposure.ts';

export type ExposureSource = (typeof exposureSource.enumValues)[number];

export type Find = {
  /** The secret key: possession is the proof. It is stored nowhere. */
  secret: string;
  source: ExposureSource;
  /** A URL of somebody else's, or a field of the portal. Masked and shortened here. */
  place: string;
  note?: string;
  /** Who typed it, when it was somebody signed in. Named to the team only if he belongs to it. */
  by?: { userId: string; name: string } | null;
};

/** `epoch` is to be confirmed after the commit; null when nothing was taken away. */
export type Recorded = { known: false } | { known: true; isNew: boolean; epoch: number | null };

/** Found where the world can read it, and not only seen on its way into the portal or the gateway. */
const PUBLIC: readonly ExposureSource[] = ['secret_scanning', 'found_key'];
const PLACE_MAX = 500;
const NOTE_MAX = 1_000;
/** Of one key: whoever holds it can report it from a thousand places, and fills neither the table nor mailboxes. */
export const FINDS_MAX = 200;
export const TOLD_PER_HOUR = 5;

/**
 * Records that a secret key was seen where it should not be: once for each place, the key marked as exposed, its
 * team told. One found in public is revoked for ever, if the team wants that. Unknown keys leave no trace.
 */
export async function recordExposure(
  { db, settings }: { db: Queryable; settings: Settings },
  find: Find,
): Promise<Recorded> {
  const reference = parseSecretKey(find.secret);
  if (!reference) return { known: false };
  const digest = digestSecret(find.secret);

  return db.transaction(async (tx) => {
    // The lock puts reports of the same key in a row, and their counts are true until commit.
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
    const [row] = (await isRoomFor(tx, key.id, FINDS_MAX))
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
    const tells = revokes || (row && (await isRoomFor(tx, key.id, TOLD_PER_HOUR + 1, '1 hour')));
    if (tells && !key.teamDeletedAt)
      await tellExposure({ db: tx, settings }, key, {
        ...exposure,
        id: row?.id ?? null,
        foundAt: row?.foundAt ?? null,
        outcome,
      });
    const epoch = revokes ? await raiseEpoch(tx, { kind: 'credential', id: key.id }) : null;
    return { known: true, isNew: row !== undefined, epoch };
  });
}

/** Whether fewer than `max` finds of a key are recorded, of a time if one is given. */
async function isRoomFor(tx: Queryable, credentialId: string, max: number, since?: string): Promise<boolean> {
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
  return colleague > 0 ? `Entered by ${by.name}.` : 'Entered by somebody who is not in the team.';
}
