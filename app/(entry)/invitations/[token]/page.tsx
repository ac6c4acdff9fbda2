import type { Metadata } from 'next';
import { LinkButton } from '#app/_components/button.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import { EntryCard } from '#app/_entry/entry-card.tsx';
import { currentUser } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { readSettings } from '#lib/env.ts';
import { findInvitation } from '#lib/invitations/find-invitation.ts';
import { AcceptForm } from './accept-form.tsx';
import { HideToken } from './hide-token.tsx';
import { InvitationSummary } from './invitation-summary.tsx';
import { NewPersonForm } from './new-person-form.tsx';
import { OPENED } from './opened.ts';
import { RequestNewForm } from './request-new-form.tsx';
import { SignOutButton } from './sign-out-button.tsx';

export const metadata: Metadata = { title: 'Invitation', referrer: 'no-referrer', robots: 'noindex' };

/** Opening the page doesn't use the invitation, because email scanners open links too. The button does. */
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
          description={`${found.inviter} invited you to ${found.team}. Invitation links expire after 72 hours.`}
        >
          <HideToken />
          <RequestNewForm token={token} contact={found.contact} />
        </EntryCard>
      );
    case 'team_full':
      return (
        <EntryCard
          title={`${found.team} has no seats left`}
          description={`The team has as many members as its plan allows. Ask ${found.contact} to free up a seat, then open the link in your email again.`}
        >
          <HideToken />
        </EntryCard>
      );
    case 'already_member':
      return (
        <EntryCard
          title={`You’re already a member of ${found.team}`}
          description="There’s nothing left to accept."
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
            You already have an account with{' '}
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
            This invitation is for{' '}
            <strong className="font-medium break-words">{found.invitation.email}</strong>, and you’re signed
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
      title="This invitation isn’t valid"
      description="It was used, canceled or replaced by a newer one. Check your email for a newer link, or ask the person who invited you."
      footer={
        <>
          Already a member? <TextLink href="/sign-in">Sign in</TextLink>
        </>
      }
    />
  );
}

/** Shown after a reload, because the token is no longer in the address bar. */
function OpenAgain() {
  return (
    <EntryCard
      title="Open the link again"
      description="For your security, we don’t keep invitation links in the address bar. Open the link in your email again."
      footer={
        <>
          Already accepted? <TextLink href="/">Open the portal</TextLink>
        </>
      }
    />
  );
}
