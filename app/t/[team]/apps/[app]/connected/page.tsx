import { Plug } from 'lucide-react';
import { LinkButton } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { groupEndpoints } from '#app/t/[team]/apps/_endpoints/group-endpoints.ts';
import { type AppParams, loadApp } from '#app/t/[team]/apps/[app]/load-app.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { listConnectedEndpoints } from '#lib/applications/list-connected-endpoints.ts';
import { listOfferedEndpoints } from '#lib/applications/list-offered-endpoints.ts';
import { ChangeConnected } from './change-connected.tsx';
import { ConnectedList } from './connected-list.tsx';

export default async function ConnectedApisPage({
  params,
  searchParams,
}: {
  params: AppParams;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { member, app, base } = await loadApp(params);
  const context = { db: database(), member };
  const connected = await listConnectedEndpoints(context, { appId: app.appId });
  const canChange = can(member, 'application.connect');
  if (canChange && (await searchParams).change !== undefined) {
    const gone = connected.filter((endpoint) => endpoint.gone);
    const offered = await listOfferedEndpoints(context);
    return (
      <ChangeConnected
        team={member.teamSlug}
        app={{ appId: app.appId, title: app.title }}
        apis={groupEndpoints([...offered, ...gone])}
        connected={connected.map((endpoint) => endpoint.id)}
        backHref={`${base}/connected`}
      />
    );
  }
  const change = canChange && (
    <LinkButton href={`${base}/connected?change`} variant={connected.length === 0 ? 'primary' : 'secondary'}>
      Change
    </LinkButton>
  );
  const goneCount = connected.filter((endpoint) => endpoint.gone).length;
  if (connected.length === 0) {
    return (
      <EmptyState
        icon={<Plug />}
        title="No endpoints connected"
        description="Requests of this app are rejected until it is connected to endpoints."
        action={change}
      />
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-lg font-semibold">Connected APIs</h2>
        {change}
      </div>
      {goneCount > 0 && (
        <Callout
          tone="warning"
          title={goneCount === 1 ? 'One endpoint was removed' : `${goneCount} endpoints were removed`}
        >
          The API no longer has the endpoints marked as removed. Requests to them are rejected.
        </Callout>
      )}
      <ConnectedList apis={groupEndpoints(connected)} />
    </div>
  );
}
