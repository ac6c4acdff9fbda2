import { FlaskConical } from 'lucide-react';
import type { Metadata } from 'next';
import { z } from 'zod';
import { LinkButton } from '#app/_components/button.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { env } from '#lib/env.ts';
import { defaultCredential } from '#lib/tester/default-credential.ts';
import { findTesterEndpoints } from '#lib/tester/find-tester-endpoints.ts';
import { listTesterCredentials } from '#lib/tester/list-tester-credentials.ts';
import { listTesterRequests } from '#lib/tester/list-tester-requests.ts';
import { readTesterForm } from '#lib/tester/read-tester-form.ts';
import { KeyId } from '#lib/tester/tester-input.ts';
import { Tester } from './tester.tsx';

export const metadata: Metadata = { title: 'API Tester' };

/** The query parameters. They never include a value of the form. */
const Chosen = z.object({
  credential: KeyId.optional().catch(undefined),
  endpoint: z.uuid().optional().catch(undefined),
});

export default async function TesterPage({
  params,
  searchParams,
}: {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  const member = await requireMember((await params).team);
  const context = { db: database(), member };
  const requested = Chosen.parse(await searchParams);
  const credentials = await listTesterCredentials(context, { endpointId: requested.endpoint });
  const credential = defaultCredential(credentials, requested.credential);
  const header = (
    <PageHeader
      title="API Tester"
      description="Send a request through the gateway with one of your keys. You don’t need the secret key. The request counts toward your quota and appears in the logs."
    />
  );
  if (credentials.length === 0) {
    return (
      <>
        {header}
        <NoKey team={member.teamSlug} canCreate={can(member, 'application.create')} />
      </>
    );
  }
  const keyId = credential?.keyId;
  const [first] =
    requested.endpoint || !keyId ? [] : await findTesterEndpoints(context, { keyId, query: '' });
  const endpointId = requested.endpoint ?? first?.id;
  const [chosen, past] = await Promise.all([
    keyId && endpointId ? readTesterForm(context, { keyId, endpointId }) : null,
    listTesterRequests(context),
  ]);
  return (
    <>
      {header}
      <Tester
        team={member.teamSlug}
        gatewayUrl={env().GATEWAY_URL}
        credentials={credentials}
        credential={credential}
        chosen={chosen}
        requested={requested.endpoint}
        notReached={chosen === null && requested.endpoint !== undefined}
        canConnect={can(member, 'application.connect')}
        past={past}
      />
    </>
  );
}

function NoKey({ team, canCreate }: { team: string; canCreate: boolean }) {
  return (
    <EmptyState
      icon={<FlaskConical />}
      title="No API key available"
      description={
        canCreate
          ? 'Create an app and connect endpoints to it. It comes with its first key.'
          : 'Generate your own API key first. Paused, expired and revoked keys can’t be used here.'
      }
      action={
        <LinkButton href={canCreate ? `/t/${team}/apps/new` : `/t/${team}/my-key`} variant="primary">
          {canCreate ? 'New App' : 'My API key'}
        </LinkButton>
      }
    />
  );
}
