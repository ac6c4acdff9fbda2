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
import type { TesterValues } from '#lib/tester/tester-input.ts';
import { readPastValues } from './actions.ts';
import { CredentialSelect } from './credential-select.tsx';
import { EndpointChoice } from './endpoint-choice.tsx';
import { History } from './history.tsx';
import { RequestForm } from './request-form.tsx';

/** A past request that is to be sent again once its form is there. */
export type Again = { endpointId: string; keyId: string; values: TesterValues };

type Props = {
  team: string;
  gatewayUrl: string;
  credentials: readonly TesterCredential[];
  /** Null where only keys of others are there, of which none is chosen yet. */
  credential: TesterCredential | null;
  chosen: ReadTesterForm | null;
  /** The endpoint that the address names. */
  asked: string | undefined;
  /** The endpoint of the address is there, but not for this key. */
  notReached: boolean;
  mayConnect: boolean;
  past: readonly PastRequest[];
};

export function Tester({
  team,
  gatewayUrl,
  credentials,
  credential,
  chosen,
  asked,
  notReached,
  mayConnect,
  past,
}: Props) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const [again, setAgain] = useState<Again | null>(null);
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
    if (!values) return void toast.error('This request is no longer kept.');
    if (!credentials.some((one) => one.keyId === keyId))
      return void toast.error('Its key can not be used any more. Choose another one and fill in the values.');
    setAgain({ endpointId, keyId, values });
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
            onChange={(keyId) => choose(keyId, credential ? endpoint?.id : asked)}
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
          again={again?.endpointId === chosen.endpoint.id && again.keyId === credential.keyId ? again : null}
          onAgain={() => setAgain(null)}
          onSent={() => router.refresh()}
        />
      ) : (
        <NoEndpoint team={team} credential={credential} notReached={notReached} mayConnect={mayConnect} />
      )}
      <History team={team} past={past} onAgain={sendAgain} />
    </div>
  );
}

const ChooseCredential = () => (
  <EmptyState
    title="Choose a credential"
    description="All keys that can be tested with are other members’ own. A call with one counts as theirs."
  />
);

function NoEndpoint({
  team,
  credential,
  notReached,
  mayConnect,
}: Pick<Props, 'team' | 'notReached' | 'mayConnect'> & { credential: TesterCredential }) {
  return (
    <EmptyState
      title={notReached ? 'This key does not reach the endpoint' : 'No endpoint to call'}
      description={
        (notReached
          ? `The app “${credential.appTitle}” is not connected to it, or the API no longer has it. `
          : `The app “${credential.appTitle}” is connected to no endpoint that this key may call. `) +
        (mayConnect
          ? 'Connect it, or choose another key or endpoint.'
          : 'Ask an owner or admin to connect it, or choose another key or endpoint.')
      }
      action={
        mayConnect && (
          <LinkButton href={`/t/${team}/apps/${credential.appId}/connected`} variant="primary">
            Connected APIs
          </LinkButton>
        )
      }
    />
  );
}
