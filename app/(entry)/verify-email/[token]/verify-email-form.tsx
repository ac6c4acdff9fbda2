'use client';

import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { verifyEmailAction } from '#app/(entry)/actions.ts';

export function VerifyEmailForm({ token }: { token: string }) {
  const [state, action] = useFormAction(verifyEmailAction, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="token" value={token} />
      <div>
        <SubmitButton state={state} pendingLabel="Confirming…">
          Verify e-mail
        </SubmitButton>
      </div>
    </form>
  );
}
