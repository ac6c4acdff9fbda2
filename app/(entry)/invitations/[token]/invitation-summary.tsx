import type { ReactNode } from 'react';
import { DateTime } from '#app/_components/date-time.tsx';
import { EntryCard } from '#app/_entry/entry-card.tsx';
import type { InvitationDetails } from '#lib/invitations/find-invitation.ts';
import { roleTitle } from '#lib/members/role-title.ts';

/** Who invites, where and as what; the message as text, never as markup. */
export function InvitationSummary({
  invitation,
  children,
}: {
  invitation: InvitationDetails;
  children: ReactNode;
}) {
  const { team, inviter, role, message, expiresAt } = invitation;
  return (
    <EntryCard
      title={`Join ${team}`}
      description={
        <p className="break-words">
          <strong className="font-medium text-ink">{inviter}</strong> invites you as{' '}
          <strong className="font-medium text-ink">{roleTitle(role)}</strong>.
        </p>
      }
      footer={
        <p className="text-sm">
          The invitation works once, until <DateTime value={expiresAt} />. If you do not know {team}, close
          this page: nothing happens.
        </p>
      }
    >
      {message && (
        <blockquote className="mb-5 border-l-2 border-line-strong pl-3 break-words whitespace-pre-wrap text-muted">
          {message}
        </blockquote>
      )}
      {children}
    </EntryCard>
  );
}
