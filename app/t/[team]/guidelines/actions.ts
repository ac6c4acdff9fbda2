'use server';

import { revalidatePath } from 'next/cache';
import { ConfirmGuidelines, confirmGuidelines } from '#lib/teams/confirm-guidelines.ts';
import { memberAction } from '../../../member-action.ts';

export const confirmGuidelinesAction = memberAction(ConfirmGuidelines, async (context, input) => {
  const confirmed = await confirmGuidelines(context, input);
  revalidatePath('/t/[team]', 'layout');
  return confirmed.ok
    ? { status: 'done', value: undefined }
    : { status: 'refused', message: 'The guidelines have changed meanwhile. Please read them again.' };
});
