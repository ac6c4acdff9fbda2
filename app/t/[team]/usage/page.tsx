import type { Metadata } from 'next';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireMember } from '#app/_http/session.ts';
import type { SearchParams } from '#app/_usage/usage-query.ts';
import { UsageView } from '#app/_usage/usage-view.tsx';
import { can } from '#lib/access/permissions.ts';

export const metadata: Metadata = { title: 'Usage' };

type Props = { params: Promise<{ team: string }>; searchParams: SearchParams };

export default async function UsagePage({ params, searchParams }: Props) {
  const member = await requireMember((await params).team);
  return (
    <>
      <PageHeader
        title="Usage"
        description={
          can(member, 'usage.view')
            ? 'Requests, errors, latency and remaining quota.'
            : 'Requests, errors, latency and remaining quota of your own keys.'
        }
      />
      <UsageView member={member} path={`/t/${member.teamSlug}/usage`} searchParams={searchParams} />
    </>
  );
}
