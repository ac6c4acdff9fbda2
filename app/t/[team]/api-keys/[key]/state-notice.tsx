import type { ReactNode } from 'react';
import { Callout } from '#app/_components/callout.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import type { Credential } from '#lib/credentials/read-credential.ts';

/** The most important facts about a key: exposed, replaced, paused, revoked or expired. */
export function StateNotice({ credential, team }: { credential: Credential; team: string }) {
  const notices = [exposure(credential, team), state(credential, team)].filter(Boolean);
  if (notices.length === 0) return null;
  return <div className="mb-5 flex flex-col gap-3">{notices}</div>;
}

function exposure({ exposedAt, status, keyId }: Credential, team: string): ReactNode {
  if (!exposedAt) return null;
  return (
    <Callout key="exposed" tone="danger" title="This key was exposed">
      Found on <DateTime value={exposedAt} />.{' '}
      {status === 'revoked' ? (
        'It is revoked.'
      ) : (
        <TextLink href={`/t/${team}/incidents/new?key=${keyId}`}>Revoke and replace it</TextLink>
      )}
    </Callout>
  );
}

function state(credential: Credential, team: string): ReactNode {
  const { status, endsAt, retiresAt, revokedAt, revokedByName, pausedAt, successorKeyId, appArchivedAt } =
    credential;
  const successor = successorKeyId && (
    <TextLink href={`/t/${team}/api-keys/${successorKeyId}`}>Open the key that replaces it</TextLink>
  );
  if (status === 'revoked')
    return (
      <Callout key="state" tone="danger" title="This key is revoked">
        {revokedAt && (
          <>
            Since <DateTime value={revokedAt} />
            {revokedByName && `, by ${revokedByName}`}.{' '}
          </>
        )}
        Requests with this key are rejected. {successor}
      </Callout>
    );
  if (status === 'expired')
    return (
      <Callout key="state" tone="warning" title="This key has expired">
        {endsAt && (
          <>
            Since <DateTime value={endsAt} />.{' '}
          </>
        )}
        Requests with this key are rejected. {successor}
      </Callout>
    );
  if (status === 'paused')
    return (
      <Callout key="state" tone="warning" title="This key is paused">
        {pausedAt && (
          <>
            Since <DateTime value={pausedAt} />.{' '}
          </>
        )}
        Requests with this key are rejected until you activate it again. {successor}
      </Callout>
    );
  if (status === 'retiring')
    return (
      <Callout key="state" tone="info" title="This key is being replaced">
        {retiresAt ? (
          <>
            It works until <DateTime value={retiresAt} />.{' '}
          </>
        ) : (
          'It works until 30 days after the first use of the new key. '
        )}
        {successor}
      </Callout>
    );
  if (appArchivedAt)
    return (
      <Callout key="state" tone="warning" title={`${credential.appTitle} is archived`}>
        Requests with this key are rejected until the app is restored.{' '}
        <TextLink href={`/t/${team}/apps/${credential.appId}`}>Open the app</TextLink>
      </Callout>
    );
  return null;
}
