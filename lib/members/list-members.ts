import { and, asc, desc, eq, ilike, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { memberRole } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { filterText } from '#lib/access/text.ts';
import { peopleOf } from './people.ts';

export const MEMBERS_PAGE = 100;

const SORTS = ['name', 'email', 'role', 'status', 'activity', 'requests'] as const;
export type MembersSort = (typeof SORTS)[number];

/** The query string of My Team. An invalid value counts as absent. */
export const MembersFilter = z.object({
  search: filterText(200).min(1).optional().catch(undefined),
  role: z.enum(memberRole.enumValues).optional().catch(undefined),
  status: z.enum(['active', 'suspended', 'pending']).optional().catch(undefined),
  sort: z.enum(SORTS).optional().catch(undefined),
  order: z.enum(['asc', 'desc']).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(1_000).optional().catch(undefined),
});
export type MembersFilter = z.output<typeof MembersFilter>;

/**
 * Members and open invitations, by name unless sorted otherwise, `MEMBERS_PAGE` per page. Only managers see
 * invitations and other members' activity. Sorted by activity or requests, people without any come last.
 */
export async function listMembers(
  { db, member }: { db: Queryable; member: Member },
  { search, role, status, sort = 'name', order = 'asc', page = 1 }: Partial<MembersFilter> = {},
) {
  authorize(member, 'member.view');
  const people = peopleOf(db, member);
  const pattern = search && `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  const columns: Record<MembersSort, SQL> = {
    name: sql`lower(${people.name})`,
    email: sql`${people.email}`,
    role: sql`${people.role}`,
    status: sql`${people.status}`,
    activity: sql`${people.lastActivityAt}`,
    requests: sql`${people.requestsToday}`,
  };
  const direction = order === 'asc' ? asc(columns[sort]) : desc(columns[sort]);
  const rows = await db
    .select()
    .from(people)
    .where(
      and(
        pattern ? or(ilike(people.name, pattern), ilike(people.email, pattern)) : undefined,
        role ? eq(people.role, role) : undefined,
        status ? eq(people.status, status) : undefined,
      ),
    )
    .orderBy(sql`${direction} nulls last`, asc(columns.name), asc(people.id))
    .limit(MEMBERS_PAGE + 1)
    .offset((page - 1) * MEMBERS_PAGE);
  return { people: rows.slice(0, MEMBERS_PAGE), more: rows.length > MEMBERS_PAGE };
}

export type Person = Awaited<ReturnType<typeof listMembers>>['people'][number];
