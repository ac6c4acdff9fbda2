import type { Metadata } from 'next';
import { can } from '#lib/access/permissions.ts';
import { PageHeader } from '../../../_components/page-header.tsx';
import { requireMember } from '../../../session.ts';
import { type LogQuery, RequestLog } from './log-view.tsx';

export const metadata: Metadata = { title: 'Request Logs' };

type Props = { params: Promise<{ team: string }>; searchParams: Promise<LogQuery> };

export default async function LogsPage({ params, searchParams }: Props) {
  const member = await requireMember((await params).team);
  return (
    <>
      <PageHeader
        title="Request Logs"
        description={`Every call made with ${can(member, 'usage.view') ? 'the team’s keys' : 'your own keys'}, the newest first. Calls appear within two seconds.`}
      />
      <RequestLog member={member} query={await searchParams} path={`/t/${member.teamSlug}/logs`} />
    </>
  );
}
