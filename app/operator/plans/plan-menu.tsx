'use client';

import { Pencil, Star, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { ConfirmDialog, DangerDialog } from '#app/_components/danger-dialog.tsx';
import { Menu, MenuItem, MenuSeparator } from '#app/_components/menu.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { ImpactDialog } from '#app/operator/impact-dialog.tsx';
import type { Plan } from '#lib/teams/list-plans.ts';
import type { LimitsImpact } from '#lib/teams/retention.ts';
import { makeDefaultPlanAction, removePlanAction } from './actions.ts';
import { PlanDialog } from './plan-dialog.tsx';

/** The actions for a plan. The default plan and plans with teams can't be deleted. */
export function PlanMenu({ plan, defaultName }: { plan: Plan; defaultName: string }) {
  const [asking, setAsking] = useState<'edit' | 'default' | 'delete' | null>(null);
  const openness = (which: typeof asking) => ({
    open: asking === which,
    onOpenChange: (open: boolean) => setAsking(open ? which : null),
  });

  const [impact, setImpact] = useState<LimitsImpact | null>(null);
  async function makeDefault(confirm = '') {
    const state = await makeDefaultPlanAction(idle, formOf({ planId: plan.id, confirm }));
    if (state.status !== 'done') return state;
    if (state.value.impact) {
      setImpact(state.value.impact);
      return undefined;
    }
    const { receipt } = state.value;
    toast.success(`${plan.name} is the default plan`, {
      ...(receipt ? { description: receiptText(receipt, 'Applied') } : {}),
    });
    return state;
  }
  async function remove() {
    const state = await removePlanAction(idle, formOf({ planId: plan.id }));
    if (state.status === 'done') toast.success(`${plan.name} deleted`);
    return state;
  }

  return (
    <>
      <Menu label={`Actions for ${plan.name}`}>
        <MenuItem icon={<Pencil aria-hidden="true" />} onSelect={() => setAsking('edit')}>
          Edit
        </MenuItem>
        {!plan.isDefault && (
          <>
            <MenuItem icon={<Star aria-hidden="true" />} onSelect={() => setAsking('default')}>
              Make default
            </MenuItem>
            <MenuSeparator />
            <MenuItem
              tone="danger"
              icon={<Trash2 aria-hidden="true" />}
              disabled={plan.teams > 0}
              onSelect={() => setAsking('delete')}
            >
              {plan.teams > 0 ? 'Delete (in use)' : 'Delete'}
            </MenuItem>
          </>
        )}
      </Menu>
      <PlanDialog plan={plan} {...openness('edit')} />
      <ConfirmDialog
        {...openness('default')}
        title={`Make ${plan.name} the default plan?`}
        description={`Teams without a plan of their own move from ${defaultName} to ${plan.name} with their next request. New teams start on it.`}
        confirmLabel="Make default"
        onConfirm={() => makeDefault()}
      />
      {impact && (
        <ImpactDialog
          impact={impact}
          onClose={() => setImpact(null)}
          onConfirm={async () => (await makeDefault(impact.subject)) ?? { status: 'done', value: undefined }}
        />
      )}
      <DangerDialog
        {...openness('delete')}
        title={`Delete ${plan.name}?`}
        description="No team is on this plan. You can’t undo this."
        confirmLabel="Delete plan"
        onConfirm={remove}
      />
    </>
  );
}
