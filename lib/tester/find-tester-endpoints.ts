import { and, asc, eq, ilike, isNull, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { filterText } from '#lib/access/text.ts';
import { KeyId } from './tester-input.ts';
import { ofApplication, ofMember, usableBy } from './usable-credentials.ts';

const FOUND_MAX = 50;
const WORDS_MAX = 10;

export const TesterSearch = z.strictObject({ keyId: KeyId, query: filterText(200) });

/** The first endpoints that a credential's app is connected to and that match every word of a query. */
export async function findTesterEndpoints(
  { db, member }: { db: Queryable; member: Member },
  input: z.output<typeof TesterSearch>,
) {
  const words = input.query.split(/\s+/).filter(Boolean).slice(0, WORDS_MAX);
  const text = sql`${endpoints.method} || ' /' || ${apis.slug} || ${endpoints.path} || ' ' || ${endpoints.summary} || ' ' || coalesce(${endpoints.operationId}, '') || ' ' || ${endpoints.tag} || ' ' || ${apis.title}`;
  return db
    .select({
      id: endpoints.id,
      apiSlug: apis.slug,
      method: endpoints.method,
      path: endpoints.path,
      summary: endpoints.summary,
    })
    .from(credentials)
    .innerJoin(applications, ofApplication)
    .leftJoin(members, ofMember)
    .innerJoin(
      applicationEndpoints,
      and(
        eq(applicationEndpoints.applicationId, applications.id),
        eq(applicationEndpoints.teamId, applications.teamId),
      ),
    )
    .innerJoin(endpoints, eq(endpoints.id, applicationEndpoints.endpointId))
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(
      and(
        usableBy(member),
        eq(credentials.keyId, input.keyId),
        isNull(endpoints.removedAt),
        isNull(apis.removedAt),
        ...words.map((word) => ilike(text, `%${word.replace(/[\\%_]/g, '\\$&')}%`)),
        // Production-only endpoints reject other keys, so they aren't listed for them.
        or(sql`not ${endpoints.productionOnly}`, eq(credentials.environment, 'production')),
      ),
    )
    .orderBy(asc(apis.slug), asc(endpoints.path), asc(endpoints.method))
    .limit(FOUND_MAX);
}

export type FoundEndpoint = Awaited<ReturnType<typeof findTesterEndpoints>>[number];
