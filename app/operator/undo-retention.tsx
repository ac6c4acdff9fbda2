'use client';

import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { undoRetentionChangeAction } from './retention-actions.ts';

export function UndoRetention({ changeId, subject }: { changeId: string; subject: string }) {
  const [state, action] = useFormAction<Receipt>(async (before: ActionState<Receipt>, form) => {
    const next = await undoRetentionChangeAction(before, form);
    if (next.status === 'done')
      toast.success(`Log retention for ${subject} restored`, {
        description: receiptText(next.value, 'Applied'),
      });
    return next;
  }, idle);
  return (
    <form action={action} noValidate>
      <FormMessage state={state} />
      <input type="hidden" name="changeId" value={changeId} />
      <SubmitButton state={state} variant="secondary" size="sm" pendingLabel="Undoing…">
        Undo <span className="sr-only">(log retention for {subject})</span>
      </SubmitButton>
    </form>
  );
}
