import { and, asc, desc, eq, exists, ilike, inArray, isNull, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials, environment } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { filterText } from '#lib/access/text.ts';
import { AppId } from '#lib/applications/input.ts';
import { credentialScope } from './credential-scope.ts';
import { credentialEnd, credentialStatus } from './credential-status.ts';
import { OneCredential } from './input.ts';
import { type KeyRow, keyOwnerId, keyRows } from './key-rows.ts';

const KEYS_PAGE = 50;

const SORTS = ['created', 'name', 'expires', 'used', 'requests'] as const;
export type KeysSort = (typeof SORTS)[number];

const SHARED_KEY_START = /^lk_pk_(?:dev|stg|prod)_?/;
const cursor = OneCredential.shape.keyId.optional().catch(undefined);

/** The query parameters of API Keys. Invalid values and pasted secret keys are ignored. */
export const KeysFilter = z.object({
  search: filterText(200)
    .min(1)
    .refine((text) => !text.includes('lk_sk_'))
    .optional()
    .catch(undefined),
  environment: z.enum(environment.enumValues).optional().catch(undefined),
  /** `live`: neither revoked nor expired. */
  status: z.enum(['live', 'active', 'retiring', 'paused', 'expired', 'revoked']).optional().catch(undefined),
  app: AppId.optional().catch(undefined),
  /** A member's ID: their own key and the keys they created. */
  owner: z.uuid().optional().catch(undefined),
  sort: z.enum(SORTS).optional().catch(undefined),
  order: z.enum(['asc', 'desc']).optional().catch(undefined),
  /** The key after which the page starts, or before which it ends. */
  after: cursor,
  before: cursor,
});
export type KeysFilter = z.output<typeof KeysFilter>;

/**
 * The team's keys, newest first by default, `KEYS_PAGE` at a time. Members see only their own. A page starts after the
 * key `after` or ends before the key `before`.
 */
export async function listTeamCredentials(
  { db, member }: { db: Queryable; member: Member },
  filter: Partial<KeysFilter> = {},
  limit = KEYS_PAGE,
) {
  const where = matching(member, filter);
  const [rows, count] = await Promise.all([
    pageOf(db, member, filter, where, limit + 1),
    db
      .select({ count: sql<number>`count(*)::int` })
      .from(credentials)
      .innerJoin(applications, eq(applications.id, credentials.applicationId))
      .where(where),
  ]);
  const more = rows.length > limit;
  const backwards = !filter.after && filter.before !== undefined;
  const keys = rows.slice(0, limit);
  if (backwards) keys.reverse();
  return {
    keys,
    count: count[0]!.count, // An aggregate has one row.
    next: (backwards || more) && keys.length > 0 ? keys.at(-1)!.keyId : null,
    previous: (backwards ? more : filter.after !== undefined) && keys.length > 0 ? keys[0]!.keyId : null,
  };
}

function pageOf(
  db: Queryable,
  member: Member,
  { sort = 'created', order = 'desc', after, before }: Partial<KeysFilter>,
  where: SQL | undefined,
  limit: number,
): Promise<KeyRow[]> {
  const column = COLUMNS[sort];
  const backwards = !after && before !== undefined;
  const descends = (order === 'desc') !== backwards;
  const from = after ?? before;
  // The current values of that key, so that no rounded time has to be in the URL.
  const place = sql`(select ${column}, ${credentials.id} from ${credentials}
    where ${credentials.keyId} = ${from ?? ''} and ${credentials.teamId} = ${member.teamId})`;
  const beyond = from && sql`(${column}, ${credentials.id}) ${descends ? sql`<` : sql`>`} ${place}`;
  const direction = descends ? desc : asc;
  return keyRows(db, {
    where: and(where, beyond || undefined),
    orderBy: [direction(column), direction(credentials.id)],
    limit,
  });
}

/** Never null, because rows are compared with these values. */
const COLUMNS: Record<KeysSort, SQL> = {
  created: sql`${credentials.createdAt}`,
  name: sql`lower(${credentials.name})`,
  expires: sql`coalesce(${credentialEnd}, 'infinity')`,
  used: sql`coalesce((select max(${usageDaily.lastUsedAt}) from ${usageDaily}
    where ${usageDaily.credentialId} = ${credentials.id}), '-infinity')`,
  requests: sql`coalesce((select sum(${usageDaily.requests}) from ${usageDaily}
    where ${usageDaily.credentialId} = ${credentials.id}), 0)`,
};

function matching(
  member: Member,
  { search, environment: wanted, status, app, owner }: Partial<KeysFilter>,
): SQL | undefined {
  return and(
    credentialScope(member, 'credential.view'),
    eq(applications.teamId, member.teamId),
    wanted ? eq(credentials.environment, wanted) : undefined,
    status === 'live'
      ? inArray(credentialStatus, ['active', 'retiring', 'paused'])
      : status && eq(credentialStatus, status),
    app ? eq(applications.publicId, app) : undefined,
    owner ? eq(keyOwnerId, owner) : undefined,
    search ? mentions(search) : undefined,
  );
}

/** Matches the key's name, description, IDs, or its app's title. */
function mentions(search: string): SQL | undefined {
  const escaped = search.replace(/[\\%_]/g, '\\$&');
  const keyId = search.replace(SHARED_KEY_START, '');
  return or(
    ilike(credentials.name, `%${escaped}%`),
    ilike(credentials.description, `%${escaped}%`),
    ilike(applications.title, `%${escaped}%`),
    keyId ? ilike(credentials.keyId, `${keyId.replace(/[\\%_]/g, '\\$&')}%`) : undefined,
  );
}

/** The filter options: every app of the team, and every member who owns or created a key. */
export async function readKeyFilters({ db, member }: { db: Queryable; member: Member }) {
  const mine = credentialScope(member, 'credential.view');
  const owners = db.select({ id: keyOwnerId }).from(credentials).where(mine);
  const connected = db
    .select({ id: endpoints.id })
    .from(applicationEndpoints)
    .innerJoin(endpoints, and(eq(endpoints.id, applicationEndpoints.endpointId), isNull(endpoints.removedAt)))
    .innerJoin(apis, and(eq(apis.id, endpoints.apiId), isNull(apis.removedAt)))
    .where(eq(applicationEndpoints.applicationId, applications.id));
  const [apps, people] = await Promise.all([
    db
      .select({
        appId: applications.publicId,
        title: applications.title,
        isDefault: applications.isDefault,
        archived: sql<boolean>`${applications.archivedAt} is not null`,
        /** Whether it is connected to any endpoint in the catalog. Otherwise all its requests are rejected. */
        connected: sql<boolean>`${exists(connected)}`,
        hasKeys: sql<boolean>`exists (select from ${credentials} where ${credentials.applicationId} = ${applications.id})`,
      })
      .from(applications)
      .where(eq(applications.teamId, member.teamId))
      .orderBy(desc(applications.isDefault), asc(sql`lower(${applications.title})`)),
    db
      .select({ id: members.id, name: users.name, email: users.email })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(and(eq(members.teamId, member.teamId), inArray(members.id, owners)))
      .orderBy(asc(users.name)),
  ]);
  return { apps, people };
}
