import type { ReactNode } from 'react';
import { PageHeader } from '#app/_components/page-header.tsx';
import { LinkTabs } from '#app/_components/tabs.tsx';
import { requireMember } from '#app/_http/session.ts';
import { can } from '#lib/access/permissions.ts';

export default async function IncidentsLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ team: string }>;
}) {
  const member = await requireMember((await params).team);
  const base = `/t/${member.teamSlug}/incidents`;
  return (
    <>
      <PageHeader
        title="Incidents"
        description={
          can(member, 'incident.run')
            ? 'Keys that may be known to others: revoke, replace, move, watch and report, step by step.'
            : 'Your own keys that may be known to others: revoke, replace, move, watch and report, step by step.'
        }
      />
      <LinkTabs
        label="Incidents"
        items={[
          { href: base, label: 'Incidents' },
          { href: `${base}/dead-keys`, label: 'Dead keys' },
        ]}
      />
      {children}
    </>
  );
}
