import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { environment } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';
import { AppId } from '#lib/applications/input.ts';
import { credentialScope } from '#lib/credentials/credential-scope.ts';
import type { Environment } from '#lib/credentials/format.ts';
import { OneCredential } from '#lib/credentials/input.ts';

/** The filters of a usage page, as in its URL. Invalid values are ignored. */
export const UsageScope = z.object({
  app: AppId.optional().catch(undefined),
  key: OneCredential.shape.keyId.optional().catch(undefined),
  /** The member who owns the keys. */
  member: z.uuid().optional().catch(undefined),
  endpoint: z.uuid().optional().catch(undefined),
  environment: z.enum(environment.enumValues).optional().catch(undefined),
});
export type UsageScope = z.output<typeof UsageScope>;

export type Named = { id: string; name: string };
/** A scope whose filters were all found, for this member. */
export type Scoped = {
  teamId: string;
  app: Named | null;
  key: (Named & { environment: Environment }) | null;
  member: Named | null;
  endpoint: (Named & { method: string }) | null;
  environment: Environment | null;
  /** Only the member's own keys count, because they can't see others. */
  ownOnly: boolean;
  /** The condition on the columns of a rollup. Includes the team. */
  rows: SQL;
  /** The same for `credentials` as `c`, without the endpoint. */
  keys: SQL;
};

/** Resolves the filters of a scope. Null if one of them doesn't exist or isn't visible to the member. */
export async function resolveScope(
  { db, member }: { db: Queryable; member: Member },
  scope: Partial<UsageScope>,
): Promise<Scoped | null> {
  authorize(member, 'usage.view.own');
  const ownOnly = !can(member, 'usage.view');
  if (ownOnly && scope.member && scope.member !== member.memberId) return null;
  const { teamId } = member;
  const [found] = await db.execute<{
    app: Named | null;
    key: (Named & { environment: Environment }) | null;
    member: Named | null;
    endpoint: (Named & { method: string }) | null;
  }>(sql`select
    (select json_build_object('id', id, 'name', title) from applications
      where public_id = ${scope.app ?? ''} and team_id = ${teamId}) as app,
    (select json_build_object('id', credentials.id, 'name', credentials.name, 'environment', credentials.environment)
      from credentials where credentials.key_id = ${scope.key ?? ''} and ${credentialScope(member, 'usage.view')}) as key,
    (select json_build_object('id', m.id, 'name', u.name) from members m join users u on u.id = m.user_id
      where m.id = ${scope.member ?? null}::uuid and m.team_id = ${teamId}) as member,
    (select json_build_object('id', id, 'name', path, 'method', method) from endpoints
      where id = ${scope.endpoint ?? null}::uuid) as endpoint`);
  const { app, key, member: person, endpoint } = found!; // A select without a table has one row.
  if (scope.app && !app) return null;
  if (scope.key && !key) return null;
  if (scope.member && !person) return null;
  if (scope.endpoint && !endpoint) return null;

  const ofKeys = (credential: SQL, prefix: SQL) => sql`${prefix}team_id = ${teamId}
    ${ownOnly ? sql`and ${prefix}member_id = ${member.memberId}` : sql``}
    ${app ? sql`and ${prefix}application_id = ${app.id}` : sql``}
    ${key ? sql`and ${credential} = ${key.id}` : sql``}
    ${person ? sql`and ${prefix}member_id = ${person.id}` : sql``}
    ${scope.environment ? sql`and ${prefix}environment = ${scope.environment}` : sql``}`;
  return {
    ...{ teamId, app, key, member: person, endpoint, ownOnly },
    environment: scope.environment ?? null,
    rows: sql`${ofKeys(sql`credential_id`, sql``)} ${endpoint ? sql`and endpoint_id = ${endpoint.id}` : sql``}`,
    keys: ofKeys(sql`c.id`, sql`c.`),
  };
}
