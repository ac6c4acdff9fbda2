import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials, environment } from '#db/schema/credentials.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { plainText } from '#lib/access/text.ts';
import { AppId } from '#lib/applications/input.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { credentialEnd } from './credential-status.ts';
import { type IssuedKeys, mintKeyPair } from './format.ts';
import { lockMembership } from './issue-own-key.ts';

/** Per application: enough for every environment and a rotation of each. */
export const LIVE_CREDENTIALS_MAX = 50;

/** Lifetimes to choose from, in days. */
export const EXPIRATIONS = { never: null, '30': 30, '90': 90, '180': 180 } as const;

export const IssueCredential = z.object({
  appId: AppId,
  name: plainText('name', { min: 1, max: 60 }),
  description: plainText('description', { max: 500, lines: 'many' }).default(''),
  environment: z.enum(environment.enumValues, { error: 'Choose an environment.' }),
  expiration: z.enum(['never', '30', '90', '180'], { error: 'Choose when the key expires.' }),
});

export type Issued =
  | { ok: true; keys: IssuedKeys }
  | { ok: false; reason: 'not_found' | 'archived' | 'too_many_live' };

/** Issues a key pair. The secret leaves this function once and is never stored. */
export async function issueCredential(
  { db, member }: { db: Queryable; member: Member },
  input: z.output<typeof IssueCredential>,
): Promise<Issued> {
  authorize(member, 'credential.issue');

  return db.transaction(async (tx) => {
    // Issuing a key and removing a member are serialized: nobody keeps a key that they created while being removed.
    if (!(await lockMembership(tx, member))) throw new Forbidden('no longer an active member of the team');
    // The row lock keeps the count below true until commit: two requests can't both take the last slot.
    const [application] = await tx
      .select({ id: applications.id, archivedAt: applications.archivedAt })
      .from(applications)
      .where(and(eq(applications.publicId, input.appId), eq(applications.teamId, member.teamId)))
      .for('update');
    if (!application) return { ok: false, reason: 'not_found' };
    if (application.archivedAt) return { ok: false, reason: 'archived' };

    const live = await tx.$count(
      credentials,
      and(
        eq(credentials.applicationId, application.id),
        // Members' own keys don't count: each member has one.
        isNull(credentials.memberId),
        ne(credentials.status, 'revoked'),
        sql`coalesce(${credentialEnd} > now(), true)`,
      ),
    );
    if (live >= LIVE_CREDENTIALS_MAX) return { ok: false, reason: 'too_many_live' };

    const { name, description, environment, expiration } = input;
    const { keyId, sharedKey, secretKey, secretDigest, secretLastFour } = mintKeyPair(environment);
    const days = EXPIRATIONS[expiration];
    const [row] = await tx
      .insert(credentials)
      .values({
        ...{ teamId: member.teamId, applicationId: application.id, createdBy: member.memberId },
        ...{ name, description, environment, keyId, secretDigest, secretLastFour },
        // By the database clock, in days of 24 hours: a session's time zone must not change them.
        expiresAt: days === null ? null : sql`now() + make_interval(hours => ${days * 24})`,
      })
      .returning({ expiresAt: credentials.expiresAt });
    const after = { name, environment, expiration, appId: input.appId };
    await recordAudit(tx, member, 'credential.issue', { kind: 'credential', id: keyId }, { after });

    const keys = { keyId, name, environment, sharedKey, secretKey, expiresAt: row!.expiresAt };
    return { ok: true, keys };
  });
}
