'use server';

import { revalidatePath } from 'next/cache';
import { operatorAction } from '#app/_actions/operator-action.ts';
import type { Confirmable } from '#app/operator/impact.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { formatCount } from '#lib/format.ts';
import { DefinePlan, definePlan } from '#lib/teams/define-plan.ts';
import { MakeDefaultPlan, makeDefaultPlan, OnePlan } from '#lib/teams/make-default-plan.ts';
import { removePlan } from '#lib/teams/remove-plan.ts';

const GONE = { status: 'refused', message: 'This plan no longer exists. Reload the page.' } as const;
const refresh = () => revalidatePath('/operator', 'layout');

export const definePlanAction = operatorAction<
  typeof DefinePlan,
  Confirmable<{ name: string; receipt: Receipt | null }>
>(DefinePlan, async (context, input) => {
  const defined = await definePlan(context, input);
  if (defined.ok) {
    refresh();
    return { status: 'done', value: { name: input.name, receipt: defined.receipt } };
  }
  if (defined.reason === 'confirm') return { status: 'done', value: { impact: defined.impact } };
  if (defined.reason === 'not_found') return GONE;
  return { status: 'invalid', fields: { name: ['Another plan has this name.'] } };
});

export const makeDefaultPlanAction = operatorAction<
  typeof MakeDefaultPlan,
  Confirmable<{ receipt: Receipt | null }>
>(MakeDefaultPlan, async (context, input) => {
  const made = await makeDefaultPlan(context, input);
  if (made.ok) {
    refresh();
    return { status: 'done', value: { receipt: made.receipt } };
  }
  return made.reason === 'confirm' ? { status: 'done', value: { impact: made.impact } } : GONE;
});

export const removePlanAction = operatorAction(OnePlan, async (context, input) => {
  const removed = await removePlan(context, input);
  refresh();
  if (removed.ok) return { status: 'done', value: undefined };
  if (removed.reason === 'not_found') return GONE;
  if (removed.reason === 'in_use') {
    const teams = formatCount(removed.teams, 'team is', 'teams are');
    return { status: 'refused', message: `${teams} on this plan. Assign another plan first.` };
  }
  return {
    status: 'refused',
    message: 'This is the default plan. Make another plan the default first.',
  };
});
