import type { Tone } from '#app/_components/badge.tsx';
import type { InviteOutcome } from '#lib/invitations/invite-members.ts';

/** The outcome for an address, as a label and a sentence. */
export const OUTCOMES: Record<InviteOutcome, { tone: Tone; word: string; why: string }> = {
  sent: { tone: 'success', word: 'Sent', why: 'The invitation is on its way.' },
  already_member: { tone: 'neutral', word: 'Already a member', why: 'This person is already in the team.' },
  already_invited: {
    tone: 'neutral',
    word: 'Already invited',
    why: 'This person has an open invitation. Resend it from the list of members.',
  },
  no_seat: {
    tone: 'warning',
    word: 'No seats left',
    why: 'Your plan has no seats left. Remove a member, cancel an invitation, or contact us for more seats.',
  },
  too_often: {
    tone: 'warning',
    word: 'Limit reached',
    why: 'Too many invitations were sent to this address or by this team. Try again later.',
  },
  invalid_address: {
    tone: 'danger',
    word: 'Invalid address',
    why: 'Enter a valid email address, such as ada@example.com.',
  },
};
