import { and, desc, eq, lt } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { credentialScope } from './credential-scope.ts';
import { keyRows } from './key-rows.ts';

export const CREDENTIALS_PAGE = 100;

/**
 * An application's credentials, newest first, `CREDENTIALS_PAGE` at a time; `before` is the `id` of the last
 * on the previous page. Members see only their own.
 */
export async function listCredentials(
  { db, member }: { db: Queryable; member: Member },
  { appId, before }: { appId: string; before?: string },
) {
  const rows = await keyRows(db, {
    where: and(
      credentialScope(member, 'credential.view'),
      eq(applications.teamId, member.teamId),
      eq(applications.publicId, appId),
      before ? lt(credentials.id, before) : undefined,
    ),
    orderBy: [desc(credentials.id)],
    limit: CREDENTIALS_PAGE + 1,
  });
  const page = rows.slice(0, CREDENTIALS_PAGE);
  return { credentials: page, older: rows.length > CREDENTIALS_PAGE ? page.at(-1)!.id : null };
}
