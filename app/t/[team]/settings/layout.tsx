import type { ReactNode } from 'react';
import { LinkTabs } from '#app/_components/tabs.tsx';
import { requireMember } from '#app/_http/session.ts';

/** The tabs of Settings. Each page checks membership itself. */
export default async function SettingsLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ team: string }>;
}) {
  const { teamSlug } = await requireMember((await params).team);
  const base = `/t/${teamSlug}/settings`;
  return (
    <>
      <LinkTabs
        label="Settings"
        items={[
          { href: base, label: 'General' },
          { href: `${base}/limits`, label: 'Usage limits' },
        ]}
      />
      {children}
    </>
  );
}
