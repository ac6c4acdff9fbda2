import type { Metadata } from 'next';
import { database } from '#db/client.ts';
import { listApplications } from '#lib/applications/list-applications.ts';
import { LogFilter, listRequests } from '#lib/usage/list-requests.ts';
import { PageHeader } from '../../../_components/page-header.tsx';
import { requireMember } from '../../../session.ts';
import { RequestLog } from './request-log.tsx';

export const metadata: Metadata = { title: 'Request Logs' };

type Props = { params: Promise<{ team: string }>; searchParams: Promise<Record<string, string | string[]>> };

export default async function LogsPage({ params, searchParams }: Props) {
  const { team } = await params;
  const context = { db: database(), member: await requireMember(team) };
  const given = Object.entries(await searchParams).map(([name, value]) => [name, value || undefined]);
  const filter = LogFilter.parse(Object.fromEntries(given));
  const [page, { applications }] = await Promise.all([
    listRequests(context, filter),
    listApplications(context),
  ]);
  return (
    <>
      <PageHeader
        title="Request Logs"
        description="Every call made with your keys, the newest first. Calls appear within two seconds."
      />
      <RequestLog
        page={page}
        filter={filter}
        path={`/t/${team}/logs`}
        team={team}
        apps={applications.map((app) => ({ id: app.appId, title: app.title }))}
      />
    </>
  );
}
