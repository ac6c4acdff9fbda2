'use client';

import { type ReactNode, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { useConfirmedAction } from '#app/operator/use-confirmed-action.tsx';
import { formatCount } from '#lib/format.ts';
import type { Plan } from '#lib/teams/list-plans.ts';
import { definePlanAction } from './actions.ts';
import { FiguresFields } from './figures-fields.tsx';

type Props = {
  /** The plan to edit; absent for a new one. */
  plan?: Plan;
  trigger?: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
};

/** Creates or edits a plan. */
export function PlanDialog({ plan, trigger, ...openness }: Props) {
  const [ownOpen, setOwnOpen] = useState(false);
  const setOpen = openness.onOpenChange ?? setOwnOpen;
  const teams = plan ? formatCount(plan.teams, 'team is', 'teams are') : '';
  return (
    <Dialog
      open={openness.open ?? ownOpen}
      onOpenChange={setOpen}
      trigger={trigger}
      title={plan ? `Edit ${plan.name}` : 'New plan'}
      description={
        plan
          ? `${teams} on this plan. Changes take effect from the next request, except where a team has custom limits.`
          : 'Assign teams to the plan, or make it the default for all teams without a plan of their own.'
      }
    >
      <PlanForm {...(plan ? { plan } : {})} onClose={() => setOpen(false)} />
    </Dialog>
  );
}

function PlanForm({ plan, onClose }: { plan?: Plan; onClose: () => void }) {
  const { state, action, dialog } = useConfirmedAction(definePlanAction, ({ name, receipt }) => {
    toast.success(plan ? `${name} saved` : 'Plan created', {
      ...(receipt ? { description: receiptText(receipt, 'Applied') } : {}),
    });
    onClose();
  });
  return (
    <>
      <form action={action} noValidate className="flex flex-col gap-4">
        <FormMessage state={state} />
        {plan && <input type="hidden" name="planId" value={plan.id} />}
        <TextField
          label="Name"
          name="name"
          required
          maxLength={60}
          autoComplete="off"
          defaultValue={plan?.name}
          error={errorsOf(state, 'name')}
        />
        <TextField
          label="Description"
          name="description"
          optional
          maxLength={300}
          autoComplete="off"
          defaultValue={plan?.description}
          error={errorsOf(state, 'description')}
        />
        <FiguresFields state={state} {...(plan ? { values: plan } : {})} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <SubmitButton state={state} pendingLabel="Saving…">
            {plan ? 'Save plan' : 'Create plan'}
          </SubmitButton>
        </div>
      </form>
      {dialog}
    </>
  );
}
