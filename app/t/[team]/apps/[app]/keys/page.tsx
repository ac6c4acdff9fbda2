import { KeyRound } from 'lucide-react';
import { z } from 'zod';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { Pagination } from '#app/_components/pagination.tsx';
import { CreateKey } from '#app/_keys/create-key.tsx';
import { type AppParams, loadApp } from '#app/t/[team]/apps/[app]/load-app.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { listCredentials } from '#lib/credentials/list-credentials.ts';
import { CredentialsTable } from './credentials-table.tsx';

const Before = z.uuid().optional().catch(undefined);

export default async function AccessKeysPage({
  params,
  searchParams,
}: {
  params: AppParams;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { member, app, base } = await loadApp(params);
  const before = Before.parse((await searchParams).before);
  const listed = await listCredentials(
    { db: database(), member },
    { appId: app.appId, ...(before ? { before } : {}) },
  );
  const generate = can(member, 'credential.issue') && !app.archivedAt && (
    <CreateKey team={member.teamSlug} label="Generate Key" place={{ appId: app.appId, title: app.title }} />
  );
  return (
    <>
      <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div>
          <h2 className="text-lg font-semibold">API Credentials</h2>
          <p className="text-muted">
            {can(member, 'credential.view')
              ? 'All key pairs of this app. Secret keys are shown only once.'
              : 'Your own key pairs in this app. Secret keys are shown only once.'}
          </p>
        </div>
        {generate}
      </div>
      {listed.credentials.length > 0 ? (
        <CredentialsTable credentials={listed.credentials} actor={member} />
      ) : (
        <EmptyState
          icon={<KeyRound />}
          title="No keys yet"
          description={
            generate ? 'Generate a key pair for each environment.' : 'There are no keys that you can see.'
          }
        />
      )}
      <Pagination
        newerHref={before && `${base}/keys`}
        olderHref={listed.older ? `${base}/keys?before=${listed.older}` : undefined}
      />
    </>
  );
}
