'use client';

import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { formatNumber } from '#lib/format.ts';
import { setReserveAction } from './actions.ts';

export function ReserveForm({
  team,
  reserve,
  dailyQuota,
}: {
  team: string;
  reserve: number;
  dailyQuota: number;
}) {
  const [state, action] = useFormAction(async (before: ActionState<Receipt | null>, form: FormData) => {
    const next = await setReserveAction(team, before, form);
    if (next.status === 'done')
      next.value
        ? toast.success('Production reserve saved', { description: receiptText(next.value, 'Applied') })
        : toast.info('No changes to save');
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex max-w-[560px] flex-col gap-4">
      <FormMessage state={state} />
      <TextField
        key={reserve}
        label="Reserve for Production"
        name="reserve"
        inputMode="numeric"
        autoComplete="off"
        required
        className="tabular-nums"
        defaultValue={reserve}
        hint={`Daily requests that only Production keys can use, from 0 to ${formatNumber(dailyQuota)}. Development and Staging keys stop working once the rest is used.`}
        error={errorsOf(state, 'reserve')}
      />
      <div>
        <SubmitButton state={state} pendingLabel="Saving…">
          Save reserve
        </SubmitButton>
      </div>
    </form>
  );
}
