import { Boxes } from 'lucide-react';
import type { Metadata } from 'next';
import { LinkButton } from '#app/_components/button.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireMember, requireUser } from '#app/_http/session.ts';
import { groupEndpoints } from '#app/t/[team]/apps/_endpoints/group-endpoints.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { hasCapacity, readAppCapacity } from '#lib/applications/app-capacity.ts';
import { listOfferedEndpoints } from '#lib/applications/list-offered-endpoints.ts';
import { NewAppWizard } from './new-app-wizard.tsx';

export const metadata: Metadata = { title: 'New App' };

export default async function NewAppPage({ params }: { params: Promise<{ team: string }> }) {
  const member = await requireMember((await params).team);
  const apps = `/t/${member.teamSlug}/apps`;
  if (!can(member, 'application.create')) {
    return (
      <>
        <PageHeader title="New App" />
        <EmptyState
          icon={<Boxes />}
          title="Owners and admins create apps"
          description="Ask an owner or admin of your team for a new app."
          action={<LinkButton href={apps}>Back to Apps</LinkButton>}
        />
      </>
    );
  }
  const room = await readAppCapacity({ db: database(), member });
  const apis = groupEndpoints(await listOfferedEndpoints({ db: database(), member }));
  const closed = !hasCapacity(room) ? (
    <NoRoom apps={apps} room={room} />
  ) : apis.length === 0 ? (
    <NoApis apps={apps} isOperator={(await requireUser()).isOperator} />
  ) : null;
  // Always the wizard: the page is reloaded once the last possible app is created, and its keys must stay visible.
  return <NewAppWizard team={member.teamSlug} apis={apis} closed={closed} />;
}

function NoRoom({ apps, room }: { apps: string; room: Awaited<ReturnType<typeof readAppCapacity>> }) {
  return (
    <>
      <PageHeader title="New App" />
      <EmptyState
        icon={<Boxes />}
        title={`${room.count} of ${room.max} apps`}
        description="You’ve reached your plan’s app limit. Archive an app you don’t use, or contact us to upgrade."
        action={<LinkButton href={apps}>Back to Apps</LinkButton>}
      />
    </>
  );
}

function NoApis({ apps, isOperator }: { apps: string; isOperator: boolean }) {
  return (
    <>
      <PageHeader title="New App" />
      <EmptyState
        icon={<Boxes />}
        title="No APIs to connect yet"
        description={
          isOperator
            ? 'Import an OpenAPI document first. Apps connect to the endpoints of an API.'
            : 'The operator hasn’t imported an API yet.'
        }
        action={
          isOperator ? (
            <LinkButton href="/operator" variant="primary">
              Go to Operator
            </LinkButton>
          ) : (
            <LinkButton href={apps}>Back to Apps</LinkButton>
          )
        }
      />
    </>
  );
}
