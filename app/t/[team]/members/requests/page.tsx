import type { Metadata } from 'next';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { listApplications } from '#lib/applications/list-applications.ts';
import { listMembers } from '#lib/members/list-members.ts';
import { LogFilter, listRequests } from '#lib/usage/list-requests.ts';
import { requireMember } from '../../../../session.ts';
import { RequestLog } from '../../logs/request-log.tsx';

export const metadata: Metadata = { title: 'Requests · My Team' };

type Props = { params: Promise<{ team: string }>; searchParams: Promise<Record<string, string | string[]>> };

/** Every call of the team, by whose own key it was; a member sees his own only. */
export default async function MembersRequestsPage({ params, searchParams }: Props) {
  const { team } = await params;
  const member = await requireMember(team);
  const context = { db: database(), member };
  const given = Object.entries(await searchParams).map(([name, value]) => [name, value || undefined]);
  const filter = LogFilter.parse(Object.fromEntries(given));
  const [page, { applications }, { people }] = await Promise.all([
    listRequests(context, filter),
    listApplications(context),
    listMembers(context, { status: filter.member ? undefined : 'active' }),
  ]);
  return (
    <RequestLog
      page={page}
      filter={filter}
      path={`/t/${team}/members/requests`}
      team={team}
      apps={applications.map((app) => ({ id: app.appId, title: app.title }))}
      people={
        can(member, 'usage.view')
          ? people.filter((one) => one.kind === 'member').map(({ id, name }) => ({ id, name }))
          : undefined
      }
    />
  );
}
