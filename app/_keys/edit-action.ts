'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { EditCredential, editCredential } from '#lib/credentials/edit-credential.ts';

/** `receipt` is null where nothing was taken away. */
export type EditedKey = { changed: boolean; receipt: Receipt | null };

const REFUSED = {
  not_found: 'This key is no longer there.',
  already_revoked: 'This key is revoked. It cannot be changed any more.',
  ended: 'This key has ended, and an ended key is never brought back. Create a new one.',
  in_past: 'This date is over. Choose a later one, or revoke the key to end it now.',
  only_managers: 'Only an owner or admin can let a key live longer or call more. Ask one of them.',
} as const;

export const editKeyAction = memberAction<typeof EditCredential, EditedKey>(
  EditCredential,
  async (context, input) => {
    const edited = await editCredential(context, input);
    revalidatePath('/t/[team]', 'layout');
    if (edited.ok) return { status: 'done', value: { changed: edited.changed, receipt: edited.receipt } };
    if (edited.reason === 'past_policy')
      return {
        status: 'refused',
        message: `Your team replaces keys of this environment after ${edited.rotationDays} days: a key is not kept alive for longer. Rotate it instead, with time for both keys to work.`,
      };
    return { status: 'refused', message: REFUSED[edited.reason] };
  },
);
