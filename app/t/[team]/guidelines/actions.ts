'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import { ConfirmGuidelines, confirmGuidelines } from '#lib/teams/confirm-guidelines.ts';

export const confirmGuidelinesAction = memberAction(ConfirmGuidelines, async (context, input) => {
  const confirmed = await confirmGuidelines(context, input);
  revalidatePath('/t/[team]', 'layout');
  return confirmed.ok
    ? { status: 'done', value: undefined }
    : {
        status: 'refused',
        message: 'The guidelines changed in the meantime. Read them again, then confirm.',
      };
});
