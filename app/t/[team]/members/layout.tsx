import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { Button } from '#app/_components/button.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { LinkTabs } from '#app/_components/tabs.tsx';
import { requireMember } from '#app/_http/session.ts';
import { can, type Role } from '#lib/access/permissions.ts';
import { InviteDialog } from './_invitations/invite-dialog.tsx';
import { ExceptOnMember } from './except-on-member.tsx';
import { invitableRoles } from './roles.ts';

export const metadata: Metadata = { title: 'My Team' };

/** Heading and tabs of My Team. A single member's page has its own heading. */
export default async function MembersLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ team: string }>;
}) {
  const member = await requireMember((await params).team);
  const base = `/t/${member.teamSlug}/members`;
  const roles: Role[] = invitableRoles(member);
  return (
    <>
      <ExceptOnMember>
        <PageHeader
          title="My Team"
          description="Manage members, roles and invitations."
          actions={
            roles.length > 0 && (
              <InviteDialog
                team={member.teamSlug}
                roles={roles}
                trigger={<Button variant="primary">Invite Team Member</Button>}
              />
            )
          }
        />
        <LinkTabs
          label="My Team"
          items={[
            { href: base, label: 'Team Members' },
            { href: `${base}/requests`, label: 'Requests' },
            ...(can(member, 'review.run') ? [{ href: `${base}/review`, label: 'Review' }] : []),
            ...(can(member, 'audit.view') ? [{ href: `${base}/audit`, label: 'Audit log' }] : []),
          ]}
        />
      </ExceptOnMember>
      {children}
    </>
  );
}
