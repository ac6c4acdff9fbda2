import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { CALLER_DAYS, listCallers } from '#lib/credentials/list-callers.ts';

/** The callers of an incident's key in the month before it was revoked, and when each first used the replacement. */
export async function callersBefore(
  context: { db: Queryable; member: Member },
  incident: { keyId: string; revokedAt: Date | null; successor: { keyId: string } | null },
) {
  if (!incident.revokedAt) return null;
  return listCallers(context, {
    keyId: incident.keyId,
    since: new Date(incident.revokedAt.getTime() - CALLER_DAYS * 86_400_000),
    until: incident.revokedAt,
    movesTo: incident.successor?.keyId ?? null,
  });
}
