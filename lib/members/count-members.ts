import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';
import { INACTIVE_AFTER_DAYS } from './activity.ts';
import { peopleOf } from './people.ts';

/** The counts in Team Overview. Owners and admins are the active ones. Null if only managers can see the count. */
export async function countMembers({ db, member }: { db: Queryable; member: Member }) {
  authorize(member, 'member.view');
  const people = peopleOf(db, member);
  const [row] = await db
    .select({
      active: sql<number>`(count(*) filter (where ${people.status} = 'active'))::int`,
      suspended: sql<number>`(count(*) filter (where ${people.status} = 'suspended'))::int`,
      pending: sql<number>`(count(*) filter (where ${people.status} = 'pending'))::int`,
      owners: sql<number>`(count(*) filter (where ${people.status} = 'active' and ${people.role} = 'owner'))::int`,
      admins: sql<number>`(count(*) filter (where ${people.status} = 'active' and ${people.role} = 'admin'))::int`,
      inactive: sql<number>`(count(*) filter (where ${people.inactiveDays} >= ${INACTIVE_AFTER_DAYS}))::int`,
    })
    .from(people);
  const counts = row!; // An aggregate has one row.
  return {
    ...counts,
    pending: can(member, 'invitation.manage') ? counts.pending : null,
    inactive: can(member, 'member.activity') ? counts.inactive : null,
  };
}

export type MemberCounts = Awaited<ReturnType<typeof countMembers>>;
