import type { Metadata } from 'next';
import { can } from '#lib/access/permissions.ts';
import { PageHeader } from '../../../_components/page-header.tsx';
import { requireMember } from '../../../session.ts';
import type { SearchParams } from './_parts/usage-query.ts';
import { UsageView } from './_parts/usage-view.tsx';

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
            ? 'What the team calls, how it goes, and what of its limits is left.'
            : 'What you call with your own keys, how it goes, and what of the limits is left.'
        }
      />
      <UsageView member={member} path={`/t/${member.teamSlug}/usage`} searchParams={searchParams} />
    </>
  );
}
