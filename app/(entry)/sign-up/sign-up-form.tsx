'use client';

import { useActionState } from 'react';
import { TextField } from '../../_components/field.tsx';
import { errorsOf, FormMessage } from '../../_components/form-message.tsx';
import { SubmitButton } from '../../_components/submit-button.tsx';
import { NewPasswordField } from '../../account/new-password-field.tsx';
import { idle } from '../../action-state.ts';
import { signUpAction } from '../actions.ts';
import { EmailField } from '../email-field.tsx';

export function SignUpForm() {
  const [state, action] = useActionState(signUpAction, idle);
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
        <SubmitButton pendingLabel="Creating…">Create account</SubmitButton>
      </div>
    </form>
  );
}
