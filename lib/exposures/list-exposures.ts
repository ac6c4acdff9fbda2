import { and, desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentialExposures, credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { credentialScope } from '#lib/credentials/credential-scope.ts';

/** A credential by its "Credential ID". */
export const ListExposures = z.object({ keyId: z.string().regex(/^[0-9A-Za-z]{16}$/) });

const SHOWN = 50;

/** Where a key was found, newest first, at most 50. Empty for a key that the actor can't see. */
export function listExposures(
  { db, member }: { db: Queryable; member: Member },
  { keyId }: z.output<typeof ListExposures>,
) {
  return db
    .select({
      ...{ id: credentialExposures.id, source: credentialExposures.source, place: credentialExposures.place },
      ...{ note: credentialExposures.note, foundAt: credentialExposures.foundAt },
      revoked: credentialExposures.revoked,
    })
    .from(credentialExposures)
    .innerJoin(
      credentials,
      and(
        eq(credentials.teamId, credentialExposures.teamId),
        eq(credentials.id, credentialExposures.credentialId),
      ),
    )
    .where(and(credentialScope(member, 'credential.view'), eq(credentials.keyId, keyId)))
    .orderBy(desc(credentialExposures.id))
    .limit(SHOWN);
}

export type Exposure = Awaited<ReturnType<typeof listExposures>>[number];
