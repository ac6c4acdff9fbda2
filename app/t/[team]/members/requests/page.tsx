import type { Metadata } from 'next';
import { requireMember } from '#app/_http/session.ts';
import { type LogQuery, RequestLog } from '#app/_logs/log-view.tsx';

export const metadata: Metadata = { title: 'Requests · My Team' };

type Props = { params: Promise<{ team: string }>; searchParams: Promise<LogQuery> };

/** All of the team's requests with the member whose key was used. Members see only their own. */
export default async function MembersRequestsPage({ params, searchParams }: Props) {
  const member = await requireMember((await params).team);
  return (
    <RequestLog member={member} query={await searchParams} path={`/t/${member.teamSlug}/members/requests`} />
  );
}
