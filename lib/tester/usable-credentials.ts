import { and, eq, inArray, isNull, or, type SQL } from 'drizzle-orm';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { credentialScope } from '#lib/credentials/credential-scope.ts';
import { credentialStatus } from '#lib/credentials/credential-status.ts';

/**
 * The active credentials a member can test with: their own, or the whole team's for managers. The query joins
 * `applications` and, on the credential's own member, `members`. Throws `Forbidden`.
 */
export function usableBy(member: Member): SQL | undefined {
  return and(
    credentialScope(member, 'tester.use'),
    inArray(credentialStatus, ['active', 'retiring']),
    isNull(applications.archivedAt),
    or(isNull(credentials.memberId), eq(members.status, 'active')),
  );
}

export const ofApplication = and(
  eq(applications.id, credentials.applicationId),
  eq(applications.teamId, credentials.teamId),
);
export const ofMember = and(eq(members.id, credentials.memberId), eq(members.teamId, credentials.teamId));
