import type { Metadata } from 'next';
import { database } from '#db/client.ts';
import { LogFilter, listRequests } from '#lib/usage/list-requests.ts';
import { requireMember } from '../../../../../session.ts';
import { RequestLog } from '../../../logs/request-log.tsx';

export const metadata: Metadata = { title: 'Logs' };

type Props = {
  params: Promise<{ team: string; app: string }>;
  searchParams: Promise<Record<string, string | string[]>>;
};

export default async function AppLogsPage({ params, searchParams }: Props) {
  const { team, app } = await params;
  const member = await requireMember(team);
  const given = Object.entries(await searchParams).map(([name, value]) => [name, value || undefined]);
  const filter = LogFilter.parse({ ...Object.fromEntries(given), app });
  const page = await listRequests({ db: database(), member }, filter);
  return <RequestLog page={page} filter={filter} path={`/t/${team}/apps/${app}/logs`} team={team} />;
}
