import type { Metadata } from 'next';
import type { SearchParams } from '#app/_usage/usage-query.ts';
import { UsageView } from '#app/_usage/usage-view.tsx';
import { type AppParams, loadApp } from '#app/t/[team]/apps/[app]/load-app.ts';

export const metadata: Metadata = { title: 'Usage' };

type Props = { params: AppParams; searchParams: SearchParams };

export default async function AppUsagePage({ params, searchParams }: Props) {
  const { member, app, base } = await loadApp(params);
  return (
    <UsageView
      member={member}
      path={`${base}/usage`}
      fixed={{ app: app.appId }}
      searchParams={searchParams}
    />
  );
}
