'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { EditCredential, editCredential } from '#lib/credentials/edit-credential.ts';

/** `receipt` is null if no access was removed. */
export type EditedKey = { changed: boolean; receipt: Receipt | null };

const REFUSED = {
  not_found: 'This key no longer exists.',
  already_revoked: 'This key is revoked and can’t be changed.',
  ended: 'This key has expired and can’t be reactivated. Create a new one.',
  in_past: 'This date is in the past. Choose a later one, or revoke the key.',
  only_managers: 'Only an owner or admin can extend a key or raise its limit.',
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
        message: `Your team’s key policy limits keys of this environment to ${edited.rotationDays} days. Rotate the key instead: both keys work during the overlap.`,
      };
    return { status: 'refused', message: REFUSED[edited.reason] };
  },
);
