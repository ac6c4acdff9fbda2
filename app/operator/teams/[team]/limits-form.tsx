'use client';

import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { FiguresFields } from '#app/operator/plans/figures-fields.tsx';
import type { Receipt } from '#lib/access/epoch.ts';
import type { PlanFigures } from '#lib/teams/figures.ts';
import { setLimitsAction } from './actions.ts';

/** What was agreed with one team instead of its plan; an empty field shows the plan's figure. */
export function LimitsForm({
  team,
  overrides,
  plan,
}: {
  team: { id: string; name: string };
  overrides: Record<keyof PlanFigures, number | null>;
  plan: PlanFigures;
}) {
  const [state, action] = useFormAction(async (before: ActionState<Receipt>, form: FormData) => {
    const next = await setLimitsAction(before, form);
    if (next.status === 'done')
      toast.success(`The limits of ${team.name} are saved`, {
        description: receiptText(next.value, 'In force'),
      });
    return next;
  }, idle);
  return (
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
  );
}
