'use server';

import { revalidatePath } from 'next/cache';
import { operatorAction } from '#app/_actions/operator-action.ts';
import { AssignPlan, assignPlan } from '#lib/teams/assign-plan.ts';
import { SetLimits, setLimits } from '#lib/teams/set-limits.ts';

const GONE = { status: 'refused', message: 'This team is gone.' } as const;
const refresh = () => revalidatePath('/operator', 'layout');

export const assignPlanAction = operatorAction(AssignPlan, async (context, input) => {
  const assigned = await assignPlan(context, input);
  if (assigned.ok) {
    refresh();
    return { status: 'done', value: { plan: assigned.plan, receipt: assigned.receipt } };
  }
  if (assigned.reason === 'team_not_found') return GONE;
  return { status: 'invalid', fields: { planId: ['This plan is no longer there. Choose another one.'] } };
});

export const setLimitsAction = operatorAction(SetLimits, async (context, input) => {
  const set = await setLimits(context, input);
  if (!set.ok) return GONE;
  refresh();
  return { status: 'done', value: set.receipt };
});
