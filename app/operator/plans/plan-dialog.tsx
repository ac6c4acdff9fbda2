'use client';

import { type ReactNode, useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import type { Plan } from '#lib/teams/list-plans.ts';
import { definePlanAction } from './actions.ts';
import { FiguresFields } from './figures-fields.tsx';

type Props = {
  /** The plan to change; absent for a new one. */
  plan?: Plan;
  trigger?: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
};

/** "New plan", or "Edit": what takes hold on the next call of every team on it says so first. */
export function PlanDialog({ plan, trigger, ...openness }: Props) {
  const [ownOpen, setOwnOpen] = useState(false);
  const setOpen = openness.onOpenChange ?? setOwnOpen;
  const teams = plan ? `${plan.teams} ${plan.teams === 1 ? 'team' : 'teams'}` : '';
  return (
    <Dialog
      open={openness.open ?? ownOpen}
      onOpenChange={setOpen}
      trigger={trigger}
      title={plan ? `Edit ${plan.name}` : 'New plan'}
      description={
        plan
          ? `${teams} on this plan: a change works on their next call, except where something else was agreed with a team.`
          : 'Teams are put on it one by one, or all that have no plan of their own once it is the default.'
      }
    >
      <PlanForm {...(plan ? { plan } : {})} onClose={() => setOpen(false)} />
    </Dialog>
  );
}

type Saved = { name: string; receipt: Receipt | null };

function PlanForm({ plan, onClose }: { plan?: Plan; onClose: () => void }) {
  const [state, action] = useFormAction(async (before: ActionState<Saved>, form: FormData) => {
    const next = await definePlanAction(before, form);
    if (next.status === 'done') {
      const { name, receipt } = next.value;
      toast.success(plan ? `${name} is changed` : `${name} is there; put teams on it`, {
        ...(receipt ? { description: receiptText(receipt, 'In force') } : {}),
      });
      onClose();
    }
    return next;
  }, idle);
  return (
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
  );
}
