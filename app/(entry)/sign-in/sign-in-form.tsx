'use client';

import { signIn } from 'next-auth/react';
import { type SubmitEvent, useState } from 'react';
import { Button } from '../../_components/button.tsx';
import { PasswordField, TextField } from '../../_components/field.tsx';
import { FormMessage } from '../../_components/form-message.tsx';
import type { ActionState } from '../../action-state.ts';
import { idle } from '../../action-state.ts';
import { TextLink } from '../text-link.tsx';

/** next-auth sets the session cookie, so it is asked from the browser. */
export function SignInForm() {
  const [state, setState] = useState<ActionState>(idle);
  const [pending, setPending] = useState(false);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setPending(true);
    const answer = await signIn('credentials', {
      redirect: false,
      email: String(form.get('email')),
      password: String(form.get('password')),
    }).catch(() => undefined);
    if (answer?.ok) {
      // A whole page load, so that nothing of a former session stays in the browser's memory.
      window.location.assign('/');
      return;
    }
    setPending(false);
    setState({
      status: 'refused',
      message: answer?.status === 401 && answer.error === 'CredentialsSignin' ? WRONG : UNAVAILABLE,
    });
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4" method="post">
      <FormMessage state={state} />
      <TextField label="Email" name="email" type="email" autoComplete="username" required />
      <PasswordField label="Password" name="password" autoComplete="current-password" required />
      <div className="flex items-center justify-between gap-4">
        <TextLink href="/forgot-password">Forgot password?</TextLink>
        <Button type="submit" variant="primary" pending={pending}>
          Sign in
        </Button>
      </div>
    </form>
  );
}

const WRONG =
  'E-mail and password do not go together, or there were too many tries. Wait a little, or choose a new password.';
const UNAVAILABLE = 'Signing in does not work right now. Try again in a moment.';
