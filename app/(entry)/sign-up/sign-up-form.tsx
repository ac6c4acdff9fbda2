'use client';

import { NewPasswordField } from '#app/_account/new-password-field.tsx';
import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { EmailField } from '#app/_entry/email-field.tsx';
import { signUpAction } from '#app/(entry)/actions.ts';

export function SignUpForm() {
  const [state, action] = useFormAction(signUpAction, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <TextField
        label="Name"
        name="name"
        autoComplete="name"
        required
        maxLength={80}
        error={errorsOf(state, 'name')}
      />
      <EmailField error={errorsOf(state, 'email')} />
      <NewPasswordField label="Password" error={errorsOf(state, 'password')} />
      <div className="flex justify-end">
        <SubmitButton state={state} pendingLabel="Creating…">
          Create account
        </SubmitButton>
      </div>
    </form>
  );
}
