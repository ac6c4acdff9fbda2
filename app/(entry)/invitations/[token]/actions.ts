'use server';

import { redirect } from 'next/navigation';
import { publicAction, userAction } from '#app/_actions/user-action.ts';
import { browserAddress } from '#app/_http/origin.ts';
import {
  AcceptAsNewPerson,
  acceptAsNewPerson,
  acceptInvitation,
} from '#lib/invitations/accept-invitation.ts';
import { InvitationToken } from '#lib/invitations/invitation-link.ts';
import { askAgain } from '#lib/invitations/request-new-invitation.ts';

const DEAD = {
  status: 'refused',
  message: 'This invitation does not work any more. Ask whoever invited you for a new one.',
} as const;

const FULL = {
  status: 'refused',
  message: 'The team has as many members as its plan allows. Ask whoever invited you to make room.',
} as const;

export const acceptAction = userAction(InvitationToken, async (context, input) => {
  const accepted = await acceptInvitation(context, input);
  if (accepted.ok) redirect(`/t/${accepted.slug}`);
  if (accepted.reason === 'unusable') return DEAD;
  if (accepted.reason === 'team_full') return FULL;
  return {
    status: 'refused',
    message: 'You are signed in as somebody else. Open the link from the mail again.',
  };
});

/** Answers with which address to sign in, and where to go then: next-auth sets the cookie, asked by the browser. */
export const acceptAsNewPersonAction = publicAction<
  typeof AcceptAsNewPerson,
  { email: string; slug: string }
>(AcceptAsNewPerson, async (context, input) => {
  const accepted = await acceptAsNewPerson({ ...context, ip: await browserAddress() }, input);
  if (accepted.ok) return { status: 'done', value: { email: accepted.email, slug: accepted.slug } };
  if (accepted.reason === 'weak_password')
    return { status: 'invalid', fields: { password: [accepted.message] } };
  if (accepted.reason === 'unusable') return DEAD;
  if (accepted.reason === 'team_full') return FULL;
  return {
    status: 'refused',
    message: 'There is an account with this address by now. Sign in and open the link again.',
  };
});

export const askAgainAction = publicAction(InvitationToken, async (context, input) => {
  await askAgain(context, input);
  return { status: 'done', value: undefined };
});
