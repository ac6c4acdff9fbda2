import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { Callout } from '#app/_components/callout.tsx';
import { Card } from '#app/_components/card.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import { type KeyParams, loadKey } from '#app/t/[team]/api-keys/[key]/load-key.ts';
import { database } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { listCallers } from '#lib/credentials/list-callers.ts';
import { type Credential, readCredential } from '#lib/credentials/read-credential.ts';
import { successorName } from '#lib/credentials/successor-name.ts';
import { RotatedKey } from './rotated-key.tsx';
import { RotationBoard } from './rotation-board.tsx';

export const metadata: Metadata = { title: 'Rotation' };

export default async function RotationPage({ params }: { params: KeyParams }) {
  const { member, key } = await loadKey(params);
  const obstacle = key.successorKeyId ? null : await obstacleOf(member, key);
  const rotatable = !key.successorKeyId && obstacle === null;
  return (
    <div className="flex flex-col gap-5">
      {rotatable && <Explanation credential={key} />}
      <RotationBoard
        team={member.teamSlug}
        credential={{ keyId: key.keyId, name: key.name }}
        suggestedName={rotatable ? successorName(key.name, 'rotated', new Date()) : null}
      >
        {key.successorKeyId ? <Rotated member={member} credential={key} /> : obstacle}
      </RotationBoard>
    </div>
  );
}

async function Rotated({ member, credential }: { member: Member; credential: Credential }) {
  const context = { db: database(), member };
  const { keyId, successorKeyId } = credential;
  const [successor, listed] = await Promise.all([
    successorKeyId === null ? null : readCredential(context, { keyId: successorKeyId }),
    listCallers(context, { keyId }),
  ]);
  return (
    <RotatedKey
      member={member}
      credential={credential}
      successorName={successor?.name ?? successorKeyId ?? ''}
      listed={listed ?? { callers: [], isPartial: false }}
    />
  );
}

function Explanation({ credential: { environment, expiresAt } }: { credential: Credential }) {
  return (
    <Card className="max-w-[860px]" title="Replace this key without an interruption">
      <p>
        Rotating makes a new key for the same app with the same restrictions and limits
        {expiresAt ? ', and with a lifetime as long as this one’s' : ''}; what was used of today’s limit
        carries over. Both keys work while you put the new one into your applications, and this page shows who
        has moved.
      </p>
      {environment === 'production' && (
        <p className="mt-2 text-muted">Production keys are best rotated every 90 days.</p>
      )}
    </Card>
  );
}

/** Why a key can't be rotated, and what to do instead; null if it can. */
async function obstacleOf(member: Member, key: Credential): Promise<ReactNode> {
  const team = member.teamSlug;
  if (key.status === 'revoked' || key.status === 'expired')
    return (
      <Callout title="Nothing to rotate">
        Only a key that works is rotated. Generate a new one under{' '}
        {key.memberId === member.memberId ? (
          <TextLink href={`/t/${team}/my-key`}>My API key</TextLink>
        ) : (
          <TextLink href={`/t/${team}/api-keys`}>API Keys</TextLink>
        )}
        .
      </Callout>
    );
  if (key.memberId !== null && key.memberId !== member.memberId)
    return (
      <Callout title={`Only ${key.ownerName ?? 'its member'} can rotate this key`}>
        It is a member’s own key, and its new secret is for nobody else. You can pause or revoke it.
      </Callout>
    );
  if (key.appArchivedAt)
    return (
      <Callout tone="warning" title="The app of this key is archived">
        Restore <TextLink href={`/t/${team}/apps/${key.appId}`}>{key.appTitle}</TextLink> before you rotate
        its keys.
      </Callout>
    );
  const before =
    key.predecessorKeyId === null
      ? null
      : await readCredential({ db: database(), member }, { keyId: key.predecessorKeyId });
  if (before && before.status !== 'revoked' && before.status !== 'expired')
    return (
      <Callout tone="info" title="The key that this one replaced still works">
        At most two keys of a chain work at a time. See who still calls with “{before.name}”, and end it:{' '}
        <TextLink href={`/t/${team}/api-keys/${before.keyId}/rotation`}>open its rotation</TextLink>.
      </Callout>
    );
  return null;
}
