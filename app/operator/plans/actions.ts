'use server';

import { revalidatePath } from 'next/cache';
import { operatorAction } from '#app/_actions/operator-action.ts';
import { DefinePlan, definePlan } from '#lib/teams/define-plan.ts';
import { makeDefaultPlan, OnePlan } from '#lib/teams/make-default-plan.ts';
import { removePlan } from '#lib/teams/remove-plan.ts';

const GONE = { status: 'refused', message: 'This plan is no longer there. Reload the page.' } as const;
const refresh = () => revalidatePath('/operator', 'layout');

export const definePlanAction = operatorAction(DefinePlan, async (context, input) => {
  const defined = await definePlan(context, input);
  if (defined.ok) {
    refresh();
    return { status: 'done', value: { name: input.name, receipt: defined.receipt } };
  }
  if (defined.reason === 'not_found') return GONE;
  return { status: 'invalid', fields: { name: ['Another plan has this name.'] } };
});

export const makeDefaultPlanAction = operatorAction(OnePlan, async (context, input) => {
  const made = await makeDefaultPlan(context, input);
  refresh();
  return made.ok ? { status: 'done', value: made.receipt } : GONE;
});

export const removePlanAction = operatorAction(OnePlan, async (context, input) => {
  const removed = await removePlan(context, input);
  refresh();
  if (removed.ok) return { status: 'done', value: undefined };
  if (removed.reason === 'not_found') return GONE;
  if (removed.reason === 'in_use') {
    const { teams } = removed;
    const message = `${teams} ${teams === 1 ? 'team is' : 'teams are'} on this plan. Choose another plan for ${teams === 1 ? 'it' : 'them'} first.`;
    return { status: 'refused', message };
  }
  return {
    status: 'refused',
    message: 'This is the default plan. Make another one the default first.',
  };
});
