'use server';

import { revalidatePath } from 'next/cache';
import { SetKeyPolicy, setKeyPolicy } from '#lib/teams/set-key-policy.ts';
import { memberAction } from '../../../member-action.ts';

export const setKeyPolicyAction = memberAction(SetKeyPolicy, async (context, input) => {
  const set = await setKeyPolicy(context, input);
  if (!set.ok) return { status: 'refused', message: 'This team is no longer there.' };
  revalidatePath('/t/[team]', 'layout');
  return { status: 'done', value: undefined };
});
