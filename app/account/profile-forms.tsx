'use client';

import { changeNameAction, changePasswordAction } from '#app/_account/actions.ts';
import { NewPasswordField } from '#app/_account/new-password-field.tsx';
import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { PasswordField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { useToast } from './use-toast.ts';

export function NameForm({ name }: { name: string }) {
  const [state, action] = useFormAction(changeNameAction, idle);
  useToast(state, 'Name changed');
  return (
    <form action={action} noValidate className="flex max-w-[560px] flex-col gap-4">
      <FormMessage state={state} />
      <TextField
        label="Name"
        name="name"
        defaultValue={name}
        key={name}
        required
        maxLength={80}
        autoComplete="name"
        error={errorsOf(state, 'name')}
      />
      <div>
        <SubmitButton state={state} variant="secondary" pendingLabel="Saving…">
          Save name
        </SubmitButton>
      </div>
    </form>
  );
}

export function PasswordForm() {
  const [state, action] = useFormAction(changePasswordAction, idle);
  useToast(state, 'Password changed. You’re signed out everywhere else.');
  return (
    <form action={action} noValidate className="flex max-w-[560px] flex-col gap-4">
      <FormMessage state={state} />
      <PasswordField
        label="Current password"
        name="current"
        required
        autoComplete="current-password"
        error={errorsOf(state, 'current')}
      />
      <NewPasswordField label="New password" error={errorsOf(state, 'password')} />
      <div>
        <SubmitButton state={state} variant="secondary" pendingLabel="Changing…">
          Change password
        </SubmitButton>
      </div>
    </form>
  );
}
