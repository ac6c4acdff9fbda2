import type { Metadata } from 'next';
import { LinkButton } from '#app/_components/button.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import { EntryCard } from '#app/_entry/entry-card.tsx';
import { currentUser } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { readSettings } from '#lib/env.ts';
import { findInvitation } from '#lib/invitations/find-invitation.ts';
import { AcceptForm } from './accept-form.tsx';
import { AskAgainForm } from './ask-again-form.tsx';
import { HideToken } from './hide-token.tsx';
import { InvitationSummary } from './invitation-summary.tsx';
import { NewPersonForm } from './new-person-form.tsx';
import { OPENED } from './opened.ts';
import { SignOutButton } from './sign-out-button.tsx';

export const metadata: Metadata = { title: 'Invitation', referrer: 'no-referrer', robots: 'noindex' };

/** Opening the page uses nothing up: mail scanners open links too. The button does. */
export default async function InvitationPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  if (token === OPENED) return <OpenAgain />;
  const found = await findInvitation(
    { db: database(), user: await currentUser(), settings: readSettings() },
    { token },
  );
  const path = `/invitations/${token}`;
  switch (found.state) {
    case 'unusable':
      return <Unusable />;
    case 'expired':
      return (
        <EntryCard
          title="This invitation has expired"
          description={`${found.inviter} invited you to ${found.team}. A link works for 72 hours.`}
        >
          <HideToken />
          <AskAgainForm token={token} inviter={found.inviter} />
        </EntryCard>
      );
    case 'team_full':
      return (
        <EntryCard
          title={`${found.team} is full`}
          description={`The team has as many members as its plan allows. Ask ${found.inviter} to make room, then open the link from your mail again.`}
        >
          <HideToken />
        </EntryCard>
      );
    case 'already_member':
      return (
        <EntryCard
          title={`You are in ${found.team}`}
          description="You have accepted this invitation already."
        >
          <LinkButton href={`/t/${found.slug}`} variant="primary">
            Open the team
          </LinkButton>
        </EntryCard>
      );
    case 'new_person':
      return (
        <InvitationSummary invitation={found.invitation}>
          <HideToken />
          <NewPersonForm token={token} email={found.invitation.email} name={found.invitation.name} />
        </InvitationSummary>
      );
    case 'sign_in':
      return (
        <InvitationSummary invitation={found.invitation}>
          <p className="mb-4">
            You have an account with{' '}
            <strong className="font-medium break-words">{found.invitation.email}</strong>. Sign in to accept
            the invitation.
          </p>
          <LinkButton
            href={`/sign-in?callbackUrl=${encodeURIComponent(path)}`}
            variant="primary"
            prefetch={false}
          >
            Sign in
          </LinkButton>
        </InvitationSummary>
      );
    case 'ready':
      return (
        <InvitationSummary invitation={found.invitation}>
          <HideToken />
          <AcceptForm token={token} email={found.invitation.email} />
        </InvitationSummary>
      );
    case 'other_person':
      return (
        <InvitationSummary invitation={found.invitation}>
          <p className="mb-4">
            The invitation is for{' '}
            <strong className="font-medium break-words">{found.invitation.email}</strong>, and you are signed
            in as <strong className="font-medium break-words">{found.signedInAs}</strong>.
          </p>
          <SignOutButton callbackUrl={path} />
        </InvitationSummary>
      );
  }
}

function Unusable() {
  return (
    <EntryCard
      title="This invitation does not work"
      description="It was used, taken back, or replaced by a newer one. Look for a newer mail, or ask whoever invited you."
      footer={
        <>
          You are a member already? <TextLink href="/sign-in">Sign in</TextLink>
        </>
      }
    />
  );
}

/** What a reload shows, since the page takes the token out of the address bar. */
function OpenAgain() {
  return (
    <EntryCard
      title="Open the link again"
      description="For your safety the address of an invitation is not kept. Open the link from your mail once more."
      footer={
        <>
          You have accepted it? <TextLink href="/">Open the portal</TextLink>
        </>
      }
    />
  );
}
