'use client';

import { toast } from 'sonner';
import { SelectField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { useConfirmedAction } from '#app/operator/use-confirmed-action.tsx';
import { assignPlanAction } from './actions.ts';

export function PlanForm({
  team,
  planId,
  plans,
  defaultName,
}: {
  team: { id: string; name: string };
  /** Null while the team is on the default plan. */
  planId: string | null;
  plans: readonly { id: string; name: string }[];
  defaultName: string;
}) {
  const { state, action, dialog } = useConfirmedAction(assignPlanAction, ({ plan, receipt }) =>
    toast.success(`${team.name} is on ${plan}`, {
      ...(receipt ? { description: receiptText(receipt, 'Applied') } : {}),
    }),
  );
  return (
    <>
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
      {dialog}
    </>
  );
}
