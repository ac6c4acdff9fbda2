import type { Tone } from '#app/_components/badge.tsx';
import type { InviteOutcome } from '#lib/invitations/invite-members.ts';

/** What became of an address, as a word and as a sentence. */
export const OUTCOMES: Record<InviteOutcome, { tone: Tone; word: string; why: string }> = {
  sent: { tone: 'success', word: 'Sent', why: 'The invitation is on its way.' },
  already_member: { tone: 'neutral', word: 'Already a member', why: 'This person is in the team already.' },
  already_invited: {
    tone: 'neutral',
    word: 'Already invited',
    why: 'This person has an open invitation. Resend it from the list of members.',
  },
  no_seat: {
    tone: 'warning',
    word: 'No seat left',
    why: 'Your plan has no seat left. Remove a member, cancel an invitation, or contact us for more seats.',
  },
  too_often: {
    tone: 'warning',
    word: 'Too often',
    why: 'Too many invitations went to this address, or out of this team. Try again later.',
  },
  invalid_address: {
    tone: 'danger',
    word: 'Not an address',
    why: 'Enter an e-mail address such as ada@example.com.',
  },
};
