'use server';

import { revalidatePath } from 'next/cache';
import { operatorAction } from '#app/_actions/operator-action.ts';
import { UndoRetentionChange, undoRetentionChange } from '#lib/teams/undo-retention-change.ts';

const REFUSED = {
  too_late: 'This change can no longer be undone. Reload the page.',
  changed_since: 'This team or plan was changed again since. Change its limits directly instead.',
} as const;

export const undoRetentionChangeAction = operatorAction(UndoRetentionChange, async (context, input) => {
  const undone = await undoRetentionChange(context, input);
  revalidatePath('/operator', 'layout');
  return undone.ok
    ? { status: 'done', value: undone.receipt }
    : { status: 'refused', message: REFUSED[undone.reason] };
});
