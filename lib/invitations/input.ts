import { z } from 'zod';
import { memberRole } from '#db/schema/teams.ts';
import { Message, OptionalName } from '#lib/access/text.ts';

/** How many people one form can invite. */
const INVITED_AT_ONCE_MAX = 50;
const MESSAGE_MAX = 500;

/** Names one invitation of the team. */
export const OneInvitation = z.object({ invitationId: z.uuid() });

/** The token in an invitation's URL. Any other text finds nothing. */
export const InvitationToken = z.object({ token: z.string().max(200) });

/** What all invitations of one form have in common. */
export const InvitationTerms = z.object({
  role: z.enum(memberRole.enumValues, { error: 'Choose a role.' }),
  message: Message(MESSAGE_MAX).default(''),
});

export const InviteMembers = z.object({
  people: z
    .array(
      z.object({
        /** If empty, the part of the address before the @ is used. */
        name: OptionalName,
        /** As entered. An invalid address has its own outcome. */
        email: z.string().max(1_000, 'One of the lines is too long for an email address.'),
      }),
      { error: 'Enter at least one email address.' },
    )
    .min(1, 'Enter at least one email address.')
    .max(INVITED_AT_ONCE_MAX, `Invite at most ${INVITED_AT_ONCE_MAX} people at once.`),
  ...InvitationTerms.shape,
});
