'use client';

import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { confirmGuidelinesAction } from './actions.ts';

/** `version` is the timestamp of the text on the page, so that a newer text isn't confirmed. */
export function ConfirmForm({ team, version }: { team: string; version: string }) {
  const [state, action] = useFormAction(async (before: ActionState, form: FormData) => {
    const next = await confirmGuidelinesAction(team, before, form);
    if (next.status === 'done') toast.success('Guidelines confirmed');
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="version" value={version} />
      <div>
        <SubmitButton state={state} pendingLabel="Saving…">
          I have read the guidelines
        </SubmitButton>
      </div>
    </form>
  );
}
