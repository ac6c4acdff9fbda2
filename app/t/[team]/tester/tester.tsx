'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { LinkButton } from '#app/_components/button.tsx';
import { Card } from '#app/_components/card.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import type { TesterCredential } from '#lib/tester/list-tester-credentials.ts';
import type { PastRequest } from '#lib/tester/list-tester-requests.ts';
import type { ReadTesterForm } from '#lib/tester/read-tester-form.ts';
import { readPastValues } from './actions.ts';
import { CredentialSelect } from './credential-select.tsx';
import { EndpointChoice } from './endpoint-choice.tsx';
import { History } from './history.tsx';
import type { RepeatedRequest } from './repeated-request.ts';
import { RequestForm } from './request-form.tsx';

type Props = {
  team: string;
  gatewayUrl: string;
  credentials: readonly TesterCredential[];
  /** Null if only other members' keys can be used and none is selected. */
  credential: TesterCredential | null;
  chosen: ReadTesterForm | null;
  /** The endpoint in the URL. */
  requested: string | undefined;
  /** The endpoint in the URL exists, but this key can't call it. */
  notReached: boolean;
  canConnect: boolean;
  past: readonly PastRequest[];
};

export function Tester({
  team,
  gatewayUrl,
  credentials,
  credential,
  chosen,
  requested,
  notReached,
  canConnect,
  past,
}: Props) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const [repeated, setRepeated] = useState<RepeatedRequest | null>(null);
  const path = `/t/${team}/tester`;
  const endpoint = chosen?.endpoint;

  const choose = (keyId: string, endpointId: string | undefined) =>
    start(() => {
      const query = new URLSearchParams({
        credential: keyId,
        ...(endpointId ? { endpoint: endpointId } : {}),
      });
      router.push(`${path}?${query}`, { scroll: false });
    });

  async function sendAgain({ id, keyId, endpointId }: PastRequest) {
    const state = await tryAction(async () => ({ status: 'done', value: await readPastValues(team, id) }));
    if (state.status !== 'done') return void toast.error(reasonOf(state));
    const values = state.value;
    if (!values) return void toast.error('This request is no longer stored.');
    if (!credentials.some((one) => one.keyId === keyId))
      return void toast.error('Its key is no longer available. Choose another key and enter the values.');
    setRepeated({ endpointId, keyId, values });
    choose(keyId, endpointId);
    document.getElementById('content')?.scrollIntoView();
  }

  return (
    <div className="flex flex-col gap-6" aria-busy={pending || undefined}>
      <Card>
        <div className="grid gap-4 lg:grid-cols-2">
          <CredentialSelect
            credentials={credentials}
            value={credential?.keyId ?? null}
            onChange={(keyId) => choose(keyId, credential ? endpoint?.id : requested)}
          />
          {credential && (
            <EndpointChoice
              key={credential.keyId}
              team={team}
              keyId={credential.keyId}
              value={endpoint ?? null}
              onChange={(endpointId) => choose(credential.keyId, endpointId)}
            />
          )}
        </div>
      </Card>
      {!credential ? (
        <ChooseCredential />
      ) : chosen ? (
        <RequestForm
          key={chosen.endpoint.id}
          {...{ team, gatewayUrl, credential, chosen }}
          repeated={
            repeated?.endpointId === chosen.endpoint.id && repeated.keyId === credential.keyId
              ? repeated
              : null
          }
          onRepeated={() => setRepeated(null)}
          onSent={() => router.refresh()}
        />
      ) : (
        <NoEndpoint team={team} credential={credential} notReached={notReached} canConnect={canConnect} />
      )}
      <History team={team} past={past} onAgain={sendAgain} />
    </div>
  );
}

const ChooseCredential = () => (
  <EmptyState
    title="Choose a credential"
    description="The only available keys belong to other members. A request you send counts as theirs."
  />
);

function NoEndpoint({
  team,
  credential,
  notReached,
  canConnect,
}: Pick<Props, 'team' | 'notReached' | 'canConnect'> & { credential: TesterCredential }) {
  return (
    <EmptyState
      title={notReached ? 'This key can’t call the endpoint' : 'No endpoint to call'}
      description={
        (notReached
          ? `The app “${credential.appTitle}” isn’t connected to it, or it was removed from the API. `
          : `The app “${credential.appTitle}” isn’t connected to any endpoint that this key can call. `) +
        (canConnect
          ? 'Connect it, or choose another key or endpoint.'
          : 'Ask an owner or admin to connect it, or choose another key or endpoint.')
      }
      action={
        canConnect && (
          <LinkButton href={`/t/${team}/apps/${credential.appId}/connected`} variant="primary">
            Connected APIs
          </LinkButton>
        )
      }
    />
  );
}
