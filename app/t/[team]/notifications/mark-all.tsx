'use client';

import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { markReadAction } from './actions.ts';

export function MarkAll({ team }: { team: string }) {
  const [state, mark] = useFormAction(async (before: ActionState<number>) => {
    const next = await markReadAction(team, before, formOf({}));
    if (next.status === 'done') toast.success('All notifications marked as read');
    return next;
  }, idle);
  return (
    <form action={mark} noValidate>
      <SubmitButton state={state} variant="secondary" pendingLabel="Marking…">
        Mark all as read
      </SubmitButton>
    </form>
  );
}
