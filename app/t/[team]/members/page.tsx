import { UsersRound } from 'lucide-react';
import { LinkButton } from '#app/_components/button.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { Pagination } from '#app/_components/pagination.tsx';
import { requireMember } from '#app/_http/session.ts';
import { hrefWith } from '#app/_logs/href-with.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { countMembers } from '#lib/members/count-members.ts';
import { listMembers, MembersFilter } from '#lib/members/list-members.ts';
import { readSeats } from '#lib/members/seats.ts';
import { MembersFilterBar } from './filter-bar.tsx';
import { MembersTable } from './members-table.tsx';
import { Overview } from './overview.tsx';

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[]>>;
};

export default async function MembersPage({ params, searchParams }: Props) {
  const member = await requireMember((await params).team);
  const filter = MembersFilter.parse(await searchParams);
  const context = { db: database(), member };
  const [counts, seats, { people, more }] = await Promise.all([
    countMembers(context),
    can(member, 'member.invite') ? readSeats(context) : null,
    listMembers(context, filter),
  ]);

  const path = `/t/${member.teamSlug}/members`;
  const { page = 1, ...kept } = filter;
  const pageHref = (to: number) => hrefWith(path, kept, { page: to > 1 ? String(to) : undefined });
  return (
    <>
      <Overview counts={counts} seats={seats} />
      <MembersFilterBar filter={filter} path={path} withPending={can(member, 'invitation.manage')} />
      {people.length > 0 ? (
        <MembersTable people={people} actor={member} filter={filter} path={path} />
      ) : (
        <EmptyState
          icon={<UsersRound />}
          title="No results"
          description="No members or invitations match your search and filters."
          action={<LinkButton href={path}>Clear filters</LinkButton>}
        />
      )}
      <Pagination
        newerHref={page > 1 ? pageHref(page - 1) : undefined}
        olderHref={more ? pageHref(page + 1) : undefined}
        words={{ newer: 'Previous', older: 'Next' }}
      />
    </>
  );
}
