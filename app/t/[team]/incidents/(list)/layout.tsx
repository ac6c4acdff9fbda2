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
            ? 'Compromised keys: revoke, replace, update, monitor and report, step by step.'
            : 'Your compromised keys: revoke, replace, update, monitor and report, step by step.'
        }
      />
      <LinkTabs
        label="Incidents"
        items={[
          { href: base, label: 'Incidents' },
          { href: `${base}/rejected-keys`, label: 'Rejected keys' },
        ]}
      />
      {children}
    </>
  );
}
