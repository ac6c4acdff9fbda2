import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { LinkButton } from '#app/_components/button.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { LinkTabs } from '#app/_components/tabs.tsx';
import { environmentLabel } from '#app/_keys/environments.ts';
import { KeyMenu } from '#app/_keys/key-menu.tsx';
import { Crumb } from '#app/_shell/breadcrumbs.tsx';
import { type KeyParams, loadKey } from './load-key.ts';
import { StateNotice } from './state-notice.tsx';

export async function generateMetadata({ params }: { params: KeyParams }): Promise<Metadata> {
  const { key } = await loadKey(params);
  return { title: key.name };
}

export default async function KeyLayout({ children, params }: { children: ReactNode; params: KeyParams }) {
  const { member, key, base } = await loadKey(params);
  // Only members can see the secret of their own key, and of its successor.
  const rotates = key.memberId === null || key.memberId === member.memberId;
  return (
    <>
      <Crumb segment={key.keyId} label={key.name} />
      <PageHeader
        title={key.name}
        description={
          <>
            <p>
              {environmentLabel(key.environment)} key of {key.appTitle}
            </p>
            {key.description && <p className="line-clamp-3 whitespace-pre-line">{key.description}</p>}
          </>
        }
        actions={
          <>
            {rotates && key.status !== 'revoked' && key.status !== 'expired' && (
              <LinkButton href={`${base}/rotation`}>Rotate</LinkButton>
            )}
            <KeyMenu team={member.teamSlug} credential={key} rotates={rotates} />
          </>
        }
      />
      <StateNotice credential={key} team={member.teamSlug} />
      <LinkTabs
        label="Key"
        items={[
          { href: base, label: 'Overview' },
          { href: `${base}/usage`, label: 'Usage' },
          { href: `${base}/restrictions`, label: 'Restrictions' },
          { href: `${base}/rotation`, label: 'Rotation' },
          { href: `${base}/logs`, label: 'Logs' },
        ]}
      />
      {children}
    </>
  );
}
