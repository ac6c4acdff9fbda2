'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import { SetKeyPolicy, setKeyPolicy } from '#lib/teams/set-key-policy.ts';

export const setKeyPolicyAction = memberAction(SetKeyPolicy, async (context, input) => {
  const set = await setKeyPolicy(context, input);
  if (!set.ok) return { status: 'refused', message: 'This team no longer exists.' };
  revalidatePath('/t/[team]', 'layout');
  return { status: 'done', value: undefined };
});
