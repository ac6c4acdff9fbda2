'use server';

import { revalidatePath } from 'next/cache';
import { operatorAction } from '#app/_actions/operator-action.ts';
import type { Confirmable } from '#app/operator/impact.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { AssignPlan, assignPlan } from '#lib/teams/assign-plan.ts';
import { SetLimits, setLimits } from '#lib/teams/set-limits.ts';

const GONE = { status: 'refused', message: 'This team no longer exists.' } as const;
const refresh = () => revalidatePath('/operator', 'layout');

export const assignPlanAction = operatorAction<
  typeof AssignPlan,
  Confirmable<{ plan: string; receipt: Receipt | null }>
>(AssignPlan, async (context, input) => {
  const assigned = await assignPlan(context, input);
  if (assigned.ok) {
    refresh();
    return { status: 'done', value: { plan: assigned.plan, receipt: assigned.receipt } };
  }
  if (assigned.reason === 'confirm') return { status: 'done', value: { impact: assigned.impact } };
  if (assigned.reason === 'team_not_found') return GONE;
  return { status: 'invalid', fields: { planId: ['This plan no longer exists. Choose another one.'] } };
});

export const setLimitsAction = operatorAction<typeof SetLimits, Confirmable<{ receipt: Receipt }>>(
  SetLimits,
  async (context, input) => {
    const set = await setLimits(context, input);
    if (set.ok) {
      refresh();
      return { status: 'done', value: { receipt: set.receipt } };
    }
    return set.reason === 'confirm' ? { status: 'done', value: { impact: set.impact } } : GONE;
  },
);
