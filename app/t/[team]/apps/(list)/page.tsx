import { Boxes } from 'lucide-react';
import type { Metadata } from 'next';
import { z } from 'zod';
import { LinkButton } from '#app/_components/button.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Pagination } from '#app/_components/pagination.tsx';
import { LinkTabs } from '#app/_components/tabs.tsx';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { hasCapacity, readAppCapacity } from '#lib/applications/app-capacity.ts';
import { listApplications } from '#lib/applications/list-applications.ts';
import { formatNumber } from '#lib/format.ts';
import { AppCard } from './app-card.tsx';

export const metadata: Metadata = { title: 'Apps' };

const Search = z.object({
  archived: z.literal('1').optional().catch(undefined),
  before: z.uuid().optional().catch(undefined),
});

export default async function AppsPage({
  params,
  searchParams,
}: {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const member = await requireMember((await params).team);
  const { archived, before } = Search.parse(await searchParams);
  const context = { db: database(), member };
  const [listed, room] = await Promise.all([
    listApplications(context, { archived: archived === '1', ...(before ? { before } : {}) }),
    readAppCapacity(context),
  ]);
  const base = `/t/${member.teamSlug}/apps`;
  const shown = archived ? `${base}?archived=1` : base;
  const newApp = can(member, 'application.create') && (
    <LinkButton href={`${base}/new`} variant="primary">
      New App
    </LinkButton>
  );
  const hasAny = listed.applications.length > 0;
  return (
    <>
      <PageHeader
        title="Apps"
        description="Each app has its own keys and can call the API endpoints it is connected to."
        actions={newApp}
      />
      {room.max !== null && (
        <p className="mb-4 text-muted">
          <span className="font-medium text-ink">
            {formatNumber(room.count)} of {formatNumber(room.max)} apps
          </span>
          , the Default app not counted.
          {!hasCapacity(room) && ' To create another one, archive an app or contact us to upgrade.'}
        </p>
      )}
      {(archived || listed.archivedCount > 0) && (
        <LinkTabs
          label="Status"
          items={[
            { href: base, label: 'In use' },
            { href: `${base}?archived=1`, label: `Archived (${listed.archivedCount})` },
          ]}
        />
      )}
      {hasAny ? (
        <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
          {listed.applications.map((app) => (
            <AppCard key={app.appId} app={app} href={`${base}/${app.appId}`} />
          ))}
        </ul>
      ) : archived ? (
        <EmptyState title="No archived apps" description="Apps that you archive are listed here." />
      ) : (
        <EmptyState
          icon={<Boxes />}
          title="No apps yet"
          description={
            newApp
              ? 'Create an app, choose the endpoints it can call, and get its first key pair.'
              : 'An owner or admin can create one.'
          }
          action={newApp}
        />
      )}
      <Pagination
        newerHref={before && shown}
        olderHref={
          listed.older ? `${base}?${archived ? 'archived=1&' : ''}before=${listed.older}` : undefined
        }
      />
    </>
  );
}
