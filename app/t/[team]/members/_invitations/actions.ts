'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { memberAction } from '#app/_actions/member-action.ts';
import { PersonName } from '#lib/access/text.ts';
import { cancelInvitation } from '#lib/invitations/cancel-invitation.ts';
import { copyInvitationLink } from '#lib/invitations/copy-invitation-link.ts';
import { InvitationTerms, InviteMembers, OneInvitation } from '#lib/invitations/input.ts';
import { type Invited, inviteMembers } from '#lib/invitations/invite-members.ts';
import { resendInvitation } from '#lib/invitations/resend-invitation.ts';
import { Mailbox } from '#lib/mail/address.ts';
import { OUTCOMES } from './outcomes.ts';
import { parsePeople } from './parse-people.ts';

const refresh = () => revalidatePath('/t/[team]/members', 'layout');

const InviteOne = z.object({
  name: PersonName('Enter the person’s name.'),
  email: Mailbox,
  ...InvitationTerms.shape,
});

/** Returns the address the email was sent to. */
export const inviteOneAction = memberAction<typeof InviteOne, string>(InviteOne, async (context, input) => {
  const { name, email, ...terms } = input;
  const [invited] = await inviteMembers(context, { people: [{ name, email }], ...terms });
  if (invited?.outcome === 'no_seat') return { status: 'refused', message: OUTCOMES.no_seat.why };
  if (invited?.outcome !== 'sent')
    return { status: 'invalid', fields: { email: [OUTCOMES[invited?.outcome ?? 'invalid_address'].why] } };
  refresh();
  return { status: 'done', value: invited.email };
});

const InviteSeveral = z.object({
  people: z
    .string()
    .max(40_000, 'Enter at most 40,000 characters.')
    .transform(parsePeople)
    .pipe(InviteMembers.shape.people),
  ...InvitationTerms.shape,
});

export const inviteSeveralAction = memberAction<typeof InviteSeveral, Invited[]>(
  InviteSeveral,
  async (context, input) => {
    const value = await inviteMembers(context, input);
    refresh();
    return { status: 'done', value };
  },
);

const GONE = 'This invitation is no longer pending. Reload the page to see its status.';

/** Returns the address the email was sent to. */
export const resendInvitationAction = memberAction<typeof OneInvitation, string>(
  OneInvitation,
  async (context, input) => {
    const resent = await resendInvitation(context, input);
    if (resent.ok) {
      refresh();
      return { status: 'done', value: resent.email };
    }
    return { status: 'refused', message: resent.reason === 'not_found' ? GONE : OUTCOMES[resent.reason].why };
  },
);

/** Returns the link. */
export const copyLinkAction = memberAction<typeof OneInvitation, string>(
  OneInvitation,
  async (context, input) => {
    const copied = await copyInvitationLink(context, input);
    if (copied.ok) return { status: 'done', value: copied.link };
    return {
      status: 'refused',
      message:
        copied.reason === 'expired'
          ? 'The link has expired. Resend the invitation to create a new one.'
          : GONE,
    };
  },
);

export const cancelInvitationAction = memberAction<typeof OneInvitation, undefined>(
  OneInvitation,
  async (context, input) => {
    const cancelled = await cancelInvitation(context, input);
    refresh();
    return cancelled.ok ? { status: 'done', value: undefined } : { status: 'refused', message: GONE };
  },
);
