import type { Metadata } from 'next';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireMember } from '#app/_http/session.ts';
import { type LogQuery, RequestLog } from '#app/_logs/log-view.tsx';
import { can } from '#lib/access/permissions.ts';

export const metadata: Metadata = { title: 'Request Logs' };

type Props = { params: Promise<{ team: string }>; searchParams: Promise<LogQuery> };

export default async function LogsPage({ params, searchParams }: Props) {
  const member = await requireMember((await params).team);
  return (
    <>
      <PageHeader
        title="Request Logs"
        description={`Every request made with ${can(member, 'usage.view') ? 'your team’s API keys' : 'your own API keys'}, newest first. Requests appear within two seconds.`}
      />
      <RequestLog member={member} query={await searchParams} path={`/t/${member.teamSlug}/logs`} />
    </>
  );
}
