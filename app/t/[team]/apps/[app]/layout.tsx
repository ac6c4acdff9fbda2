import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { Callout } from '#app/_components/callout.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { LinkTabs } from '#app/_components/tabs.tsx';
import { Crumb } from '#app/_shell/breadcrumbs.tsx';
import { can } from '#lib/access/permissions.ts';
import { RestoreButton } from './_parts/restore-button.tsx';
import { type AppParams, loadApp } from './load-app.ts';

export async function generateMetadata({ params }: { params: AppParams }): Promise<Metadata> {
  const { app } = await loadApp(params);
  return { title: app.title };
}

export default async function AppLayout({ children, params }: { children: ReactNode; params: AppParams }) {
  const { member, app, base } = await loadApp(params);
  return (
    <>
      <Crumb segment={app.appId} label={app.title} />
      <PageHeader
        title={app.title}
        description={app.description && <p className="line-clamp-2">{app.description}</p>}
      />
      {app.archivedAt && (
        <div className="mb-5">
          <Callout tone="warning" title="This app is archived">
            <div className="flex flex-wrap items-center justify-between gap-3">
              <p>
                All of its keys have been rejected since <DateTime value={app.archivedAt} />. If you restore
                the app, its active keys work again.
              </p>
              {can(member, 'application.archive') && (
                <RestoreButton team={member.teamSlug} appId={app.appId} title={app.title} />
              )}
            </div>
          </Callout>
        </div>
      )}
      <LinkTabs
        label="App"
        items={[
          { href: base, label: 'App Information' },
          { href: `${base}/keys`, label: 'Access Keys' },
          { href: `${base}/connected`, label: 'Connected APIs' },
          { href: `${base}/usage`, label: 'Usage' },
          { href: `${base}/logs`, label: 'Logs' },
        ]}
      />
      {children}
    </>
  );
}
