'use client';

import { NewPasswordField } from '#app/_account/new-password-field.tsx';
import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { resetPasswordAction } from '#app/(entry)/actions.ts';

export function ResetPasswordForm({ token }: { token: string }) {
  const [state, action] = useFormAction(resetPasswordAction, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="token" value={token} />
      <NewPasswordField label="New password" error={errorsOf(state, 'password')} />
      <div className="flex justify-end">
        <SubmitButton state={state} pendingLabel="Changing…">
          Change password
        </SubmitButton>
      </div>
    </form>
  );
}
