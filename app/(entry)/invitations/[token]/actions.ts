'use server';

import { redirect } from 'next/navigation';
import { publicAction, userAction } from '#app/_actions/user-action.ts';
import { browserAddress } from '#app/_http/origin.ts';
import {
  AcceptAsNewPerson,
  acceptAsNewPerson,
  acceptInvitation,
} from '#lib/invitations/accept-invitation.ts';
import { InvitationToken } from '#lib/invitations/input.ts';
import { requestNewInvitation } from '#lib/invitations/request-new-invitation.ts';

const INVALID = {
  status: 'refused',
  message: 'This invitation is no longer valid. Ask the person who invited you for a new one.',
} as const;

const FULL = {
  status: 'refused',
  message: 'The team has no seats left. Ask the person who invited you to free one up.',
} as const;

export const acceptAction = userAction(InvitationToken, async (context, input) => {
  const accepted = await acceptInvitation(context, input);
  if (accepted.ok) redirect(`/t/${accepted.slug}`);
  if (accepted.reason === 'unusable') return INVALID;
  if (accepted.reason === 'team_full') return FULL;
  return {
    status: 'refused',
    message: 'You’re signed in with another account. Open the link in the email again.',
  };
});

/** Returns the address to sign in with and where to go next. The browser signs in, so that next-auth sets the cookie. */
export const acceptAsNewPersonAction = publicAction<
  typeof AcceptAsNewPerson,
  { email: string; slug: string }
>(AcceptAsNewPerson, async (context, input) => {
  const accepted = await acceptAsNewPerson({ ...context, ip: await browserAddress() }, input);
  if (accepted.ok) return { status: 'done', value: { email: accepted.email, slug: accepted.slug } };
  if (accepted.reason === 'weak_password')
    return { status: 'invalid', fields: { password: [accepted.message] } };
  if (accepted.reason === 'unusable') return INVALID;
  if (accepted.reason === 'team_full') return FULL;
  return {
    status: 'refused',
    message: 'An account with this address already exists. Sign in and open the link again.',
  };
});

export const requestNewInvitationAction = publicAction(InvitationToken, async (context, input) => {
  await requestNewInvitation(context, input);
  return { status: 'done', value: undefined };
});
