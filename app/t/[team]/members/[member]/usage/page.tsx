import type { Metadata } from 'next';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Crumb } from '#app/_shell/breadcrumbs.tsx';
import type { SearchParams } from '#app/_usage/usage-query.ts';
import { UsageView } from '#app/_usage/usage-view.tsx';
import { loadActivity } from '#app/t/[team]/members/[member]/load-activity.ts';

type Props = { params: Promise<{ team: string; member: string }>; searchParams: SearchParams };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { activity } = await loadActivity(params);
  return { title: `Usage · ${activity.profile.name}` };
}

export default async function MemberUsagePage({ params, searchParams }: Props) {
  const { member, activity, base } = await loadActivity(params);
  const { memberId, name } = activity.profile;
  return (
    <>
      <Crumb segment={memberId} label={name} />
      <PageHeader
        title={`Usage of ${name}`}
        description="Requests with this member’s own keys. Requests with app keys aren’t included."
      />
      <UsageView
        member={member}
        path={`${base}/usage`}
        fixed={{ member: memberId }}
        searchParams={searchParams}
      />
    </>
  );
}
