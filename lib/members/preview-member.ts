import { and, desc, eq, gte, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { usageDaily, usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import type { OneMember } from './input.ts';
import { authorizeOver, findColleague } from './membership.ts';

/** How many days of usage the preview covers. */
const PREVIEW_DAYS = 7;
/** How many endpoints are listed per key, the most requested first. */
const ENDPOINTS_SHOWN = 5;

/**
 * What suspending or removing a member affects: their own keys and the app keys they created, unless revoked, with
 * requests and endpoints of the last `PREVIEW_DAYS` days. Null if the member isn't in the team.
 */
export async function previewMember(
  { db, member }: { db: Queryable; member: Member },
  { memberId }: z.output<typeof OneMember>,
) {
  authorize(member, 'member.suspend');
  const colleague = await findColleague(db, member, memberId);
  if (!colleague) return null;
  authorizeOver(member, 'member.suspend', colleague.role);

  const keys = await keysOf(db, member, memberId);
  const used = await endpointsOf(
    db,
    member,
    keys.map((key) => key.id),
  );
  return {
    name: colleague.name,
    keys: keys.map(({ id, ...key }) => ({
      ...key,
      endpoints: used
        .filter((row) => row.credentialId === id)
        .slice(0, ENDPOINTS_SHOWN)
        .map((row) => `${row.method} ${row.path}`),
    })),
  };
}

export type MemberPreview = NonNullable<Awaited<ReturnType<typeof previewMember>>>;

function keysOf(db: Queryable, member: Member, memberId: string) {
  const calls = db
    .select({
      credentialId: usageDaily.credentialId,
      calls: sql<number>`sum(${usageDaily.requests})::int`.as('calls'),
    })
    .from(usageDaily)
    .where(
      and(
        eq(usageDaily.teamId, member.teamId),
        gte(usageDaily.day, sql`(now() at time zone 'utc')::date - ${PREVIEW_DAYS - 1}::int`),
      ),
    )
    .groupBy(usageDaily.credentialId)
    .as('calls');
  return db
    .select({
      id: credentials.id,
      keyId: credentials.keyId,
      name: credentials.name,
      environment: credentials.environment,
      appTitle: applications.title,
      /** Whether it is the member's own key, which is always revoked with them. */
      own: sql<boolean>`${credentials.memberId} is not null`,
      calls: sql<number>`coalesce(${calls.calls}, 0)`,
    })
    .from(credentials)
    .innerJoin(
      applications,
      and(eq(applications.teamId, credentials.teamId), eq(applications.id, credentials.applicationId)),
    )
    .leftJoin(calls, eq(calls.credentialId, credentials.id))
    .where(
      and(
        eq(credentials.teamId, member.teamId),
        ne(credentials.status, 'revoked'),
        or(
          eq(credentials.memberId, memberId),
          and(isNull(credentials.memberId), eq(credentials.createdBy, memberId)),
        ),
      ),
    )
    .orderBy(desc(sql`${credentials.memberId} is not null`), desc(sql`coalesce(${calls.calls}, 0)`));
}

async function endpointsOf(db: Queryable, member: Member, credentialIds: string[]) {
  if (credentialIds.length === 0) return [];
  return db
    .select({
      credentialId: usageRecords.credentialId,
      method: endpoints.method,
      path: endpoints.path,
    })
    .from(usageRecords)
    .innerJoin(endpoints, eq(endpoints.id, usageRecords.endpointId))
    .where(
      and(
        eq(usageRecords.teamId, member.teamId),
        inArray(usageRecords.credentialId, credentialIds),
        gte(usageRecords.day, sql`(now() at time zone 'utc')::date - ${PREVIEW_DAYS - 1}::int`),
        ne(usageRecords.outcome, 'refused'),
      ),
    )
    .groupBy(usageRecords.credentialId, endpoints.method, endpoints.path)
    .orderBy(desc(sql`count(*)`));
}
