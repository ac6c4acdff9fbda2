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
    <Card className="max-w-[860px]" title="Replace this key without downtime">
      <p>
        Rotating creates a new key for the same app with the same restrictions and limits
        {expiresAt ? ' and the same lifetime' : ''}. Both keys share today’s limit and work while you update
        your apps. This page shows which callers have moved.
      </p>
      {environment === 'production' && (
        <p className="mt-2 text-muted">We recommend rotating Production keys every 90 days.</p>
      )}
    </Card>
  );
}

/** Why a key can't be rotated, and what to do instead. Null if it can. */
async function obstacleOf(member: Member, key: Credential): Promise<ReactNode> {
  const team = member.teamSlug;
  if (key.status === 'revoked' || key.status === 'expired')
    return (
      <Callout title="Nothing to rotate">
        You can rotate only keys that work. Generate a new one under{' '}
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
        It is a member’s own key, and its new else can see its secret. You can pause or revoke it.
      </Callout>
    );
  if (key.appArchivedAt)
    return (
      <Callout tone="warning" title="This key’s app is archived">
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
        Only two keys can work at the same time. See who still uses “{before.name}”, then end it:{' '}
        <TextLink href={`/t/${team}/api-keys/${before.keyId}/rotation`}>open its rotation</TextLink>.
      </Callout>
    );
  return null;
}
