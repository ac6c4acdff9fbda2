'use client';

import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { askAgainAction } from './actions.ts';

export function AskAgainForm({ token, inviter }: { token: string; inviter: string }) {
  const [state, action] = useFormAction(askAgainAction, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="token" value={token} />
      {state.status === 'done' ? (
        <p role="status">{inviter} was told that you need a new link. Look out for a mail.</p>
      ) : (
        <div>
          <SubmitButton state={state} pendingLabel="Asking…">
            Ask for a new link
          </SubmitButton>
        </div>
      )}
    </form>
  );
}
