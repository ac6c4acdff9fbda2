import type { ReactNode } from 'react';
import { DateTime } from '#app/_components/date-time.tsx';
import { EntryCard } from '#app/_entry/entry-card.tsx';
import type { InvitationDetails } from '#lib/invitations/find-invitation.ts';
import { roleTitle } from '#lib/members/role-title.ts';

/** Who invited, to which team, with which role. The message is shown as text, never as markup. */
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
          <strong className="font-medium text-ink">{inviter}</strong> invited you as{' '}
          <strong className="font-medium text-ink">{roleTitle(role)}</strong>.
        </p>
      }
      footer={
        <p className="text-sm">
          The invitation works once and expires on <DateTime value={expiresAt} />. If you don’t know {team},
          you can safely close this page.
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
