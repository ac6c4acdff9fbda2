import { and, asc, desc, eq, gte, ilike, isNull, lte, ne, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';
import { holdsSecret } from '#lib/vault/find-keys.ts';

const LIMIT = 5;
const SHARED_KEY_START = /^lk_pk_(?:dev|stg|prod)_?/;
const REQUEST_ID_START = /^[0-9a-f]{8}[0-9a-f-]{0,28}$/i;

export const Search = z.object({
  query: z
    .string()
    .trim()
    .min(2)
    .max(100)
    .regex(/^\P{Cc}*$/u),
});

/**
 * Finds apps by title or App ID, keys by shared key, Credential ID or name, members by name or email, and requests by the
 * first 8 or more characters of their ID. Members find only their own keys and requests.
 */
export async function search(
  { db, member }: { db: Queryable; member: Member },
  { query }: z.output<typeof Search>,
) {
  authorize(member, 'team.view');
  // Never search for a secret key that was pasted by mistake.
  if (query.startsWith('lk_sk_') || holdsSecret(query))
    return { apps: [], keys: [], people: [], requests: [] };
  const [apps, keys, people, requests] = await Promise.all([
    findApps(db, member, query),
    findKeys(db, member, query),
    findPeople(db, member, query),
    findRequests(db, member, query),
  ]);
  return { apps, keys, people, requests };
}

export type Found = Awaited<ReturnType<typeof search>>;

function findApps(db: Queryable, member: Member, query: string) {
  return db
    .select({ publicId: applications.publicId, title: applications.title })
    .from(applications)
    .where(
      and(
        eq(applications.teamId, member.teamId),
        isNull(applications.archivedAt),
        or(ilike(applications.title, contains(query)), eq(applications.publicId, query)),
      ),
    )
    .orderBy(asc(applications.title))
    .limit(LIMIT);
}

function findKeys(db: Queryable, member: Member, query: string) {
  const keyId = query.replace(SHARED_KEY_START, '');
  const byId = keyId ? ilike(credentials.keyId, `${escaped(keyId)}%`) : undefined;
  return db
    .select({
      keyId: credentials.keyId,
      environment: credentials.environment,
      name: credentials.name,
      /** Whether it's the reader's own key. */
      own: sql<boolean>`${credentials.memberId} is not distinct from ${member.memberId}`,
      appTitle: applications.title,
    })
    .from(credentials)
    .innerJoin(
      applications,
      and(eq(applications.teamId, credentials.teamId), eq(applications.id, credentials.applicationId)),
    )
    .where(
      and(
        eq(credentials.teamId, member.teamId),
        can(member, 'credential.view') ? undefined : eq(credentials.memberId, member.memberId),
        or(byId, ilike(credentials.name, contains(query))),
      ),
    )
    .orderBy(desc(credentials.createdAt))
    .limit(LIMIT);
}

function findPeople(db: Queryable, member: Member, query: string) {
  return db
    .select({ name: users.name, email: users.email, role: members.role })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(
      and(
        eq(members.teamId, member.teamId),
        ne(members.status, 'removed'),
        or(ilike(users.name, contains(query)), ilike(users.email, contains(query))),
      ),
    )
    .orderBy(asc(users.name))
    .limit(LIMIT);
}

async function findRequests(db: Queryable, member: Member, query: string) {
  const range = requestIds(query);
  if (!range) return [];
  return db
    .select({
      id: usageRecords.id,
      at: usageRecords.at,
      method: usageRecords.method,
      path: usageRecords.path,
      status: usageRecords.status,
    })
    .from(usageRecords)
    .where(
      and(
        eq(usageRecords.teamId, member.teamId),
        can(member, 'usage.view') ? undefined : eq(usageRecords.memberId, member.memberId),
        range,
      ),
    )
    .orderBy(desc(usageRecords.id))
    .limit(LIMIT);
}

/** All IDs with this prefix, as a range that uses the primary key's index. */
function requestIds(query: string): SQL | undefined {
  const digits = query.replaceAll('-', '');
  if (!REQUEST_ID_START.test(query) || digits.length > 32) return undefined;
  return and(
    gte(usageRecords.id, asUuid(digits.padEnd(32, '0'))),
    lte(usageRecords.id, asUuid(digits.padEnd(32, 'f'))),
  );
}

const asUuid = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const escaped = (text: string) => text.replace(/[\\%_]/g, '\\$&');
const contains = (text: string) => `%${escaped(text)}%`;
