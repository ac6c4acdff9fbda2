'use client';

import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { SelectField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { assignPlanAction } from './actions.ts';

type Assigned = { plan: string; receipt: Receipt | null };

export function PlanForm({
  team,
  planId,
  plans,
  defaultName,
}: {
  team: { id: string; name: string };
  /** Null while the team is on whatever plan is the default. */
  planId: string | null;
  plans: readonly { id: string; name: string }[];
  defaultName: string;
}) {
  const [state, action] = useFormAction(async (before: ActionState<Assigned>, form: FormData) => {
    const next = await assignPlanAction(before, form);
    if (next.status === 'done') {
      const { plan, receipt } = next.value;
      toast.success(`${team.name} is on ${plan}`, {
        ...(receipt ? { description: receiptText(receipt, 'In force') } : {}),
      });
    }
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex max-w-[560px] flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="teamId" value={team.id} />
      <SelectField
        key={planId ?? 'default'}
        label="Plan"
        name="planId"
        defaultValue={planId ?? ''}
        options={[
          { value: '', label: `Default plan (${defaultName})` },
          ...plans.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        error={errorsOf(state, 'planId')}
      />
      <div>
        <SubmitButton state={state} pendingLabel="Saving…">
          Save plan
        </SubmitButton>
      </div>
    </form>
  );
}
