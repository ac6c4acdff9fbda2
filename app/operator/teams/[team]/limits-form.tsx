'use client';

import { toast } from 'sonner';
import { FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { FiguresFields } from '#app/operator/plans/figures-fields.tsx';
import { useConfirmedAction } from '#app/operator/use-confirmed-action.tsx';
import type { PlanFigures } from '#lib/teams/figures.ts';
import { setLimitsAction } from './actions.ts';

/** The custom limits of a team. Empty fields show the plan's limits. */
export function LimitsForm({
  team,
  overrides,
  plan,
}: {
  team: { id: string; name: string };
  overrides: Record<keyof PlanFigures, number | null>;
  plan: PlanFigures;
}) {
  const { state, action, dialog } = useConfirmedAction(setLimitsAction, ({ receipt }) =>
    toast.success(`Limits for ${team.name} saved`, { description: receiptText(receipt, 'Applied') }),
  );
  return (
    <>
      <form action={action} noValidate className="flex flex-col gap-4">
        <FormMessage state={state} />
        <input type="hidden" name="teamId" value={team.id} />
        <FiguresFields state={state} values={overrides} fallback={plan} />
        <div>
          <SubmitButton state={state} pendingLabel="Saving…">
            Save limits
          </SubmitButton>
        </div>
      </form>
      {dialog}
    </>
  );
}
