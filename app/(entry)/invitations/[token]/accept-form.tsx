'use client';

import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { acceptAction } from './actions.ts';

/** For someone signed in as the invited person. */
export function AcceptForm({ token, email }: { token: string; email: string }) {
  const [state, action] = useFormAction(acceptAction, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="token" value={token} />
      <p>
        You’re signed in as <strong className="font-medium break-words">{email}</strong>.
      </p>
      <div>
        <SubmitButton state={state} pendingLabel="Joining…">
          Accept invitation
        </SubmitButton>
      </div>
    </form>
  );
}
