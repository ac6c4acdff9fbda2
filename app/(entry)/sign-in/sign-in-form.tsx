'use client';

import { signIn } from 'next-auth/react';
import { type SubmitEvent, useState } from 'react';
import type { ActionState } from '#app/_actions/action-state.ts';
import { idle } from '#app/_actions/action-state.ts';
import { Button } from '#app/_components/button.tsx';
import { PasswordField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import { EmailField } from '#app/_entry/email-field.tsx';
import { CODE_NEEDED } from '#lib/accounts/code-needed.ts';
import { GivenPassword } from '#lib/accounts/password-rules.ts';
import { Mailbox } from '#lib/mail/address.ts';
import { CodeStep } from './code-step.tsx';

type Given = { email: string; password: string };

/** next-auth sets the session cookie, so the request comes from the browser. */
export function SignInForm({ next }: { next: string }) {
  const [state, setState] = useState<ActionState>(idle);
  const [pending, setPending] = useState(false);
  const [given, setGiven] = useState<Given | null>(null);
  /** Rejected without a code. During a wait, a two-factor code still signs the owner in. */
  const [refused, setRefused] = useState<Given | null>(null);

  async function tryWith(credentials: Given & { code?: string }) {
    setPending(true);
    const response = await askPatiently(credentials);
    if (response?.ok && !response.error) {
      // A full page load, so that nothing of an earlier session stays in memory.
      window.location.assign(next);
      return;
    }
    setPending(false);
    if (response?.error === CODE_NEEDED) {
      setState(idle);
      setGiven(credentials);
      return;
    }
    const wrong = response?.status === 401 && response.error === 'CredentialsSignin';
    if (wrong && !credentials.code) setRefused(credentials);
    const message = wrong ? (credentials.code ? WRONG_CODE : WRONG) : UNAVAILABLE;
    setState({ status: 'refused', message });
  }

  if (given) {
    return (
      <CodeStep
        email={given.email}
        state={state}
        pending={pending}
        onCode={(code) => tryWith({ ...given, code })}
        onBack={() => {
          setState(idle);
          setGiven(null);
        }}
      />
    );
  }

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    // Parsed separately: zod compiles object schemas with eval, which the content security policy forbids.
    const email = Mailbox.safeParse(form.get('email'));
    const password = GivenPassword.safeParse(form.get('password'));
    if (email.success && password.success) {
      setState(idle);
      tryWith({ email: email.data, password: password.data });
      return;
    }
    setState({ status: 'invalid', fields: { email: messagesOf(email), password: messagesOf(password) } });
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4" method="post">
      <FormMessage state={state} />
      {refused && (
        <Button
          onClick={() => {
            setState(idle);
            setGiven(refused);
          }}
        >
          Enter a two-factor code
        </Button>
      )}
      <EmailField error={errorsOf(state, 'email')} />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        required
        error={errorsOf(state, 'password')}
      />
      <div className="flex items-center justify-between gap-4">
        <TextLink href="/forgot-password">Forgot password?</TextLink>
        <Button type="submit" variant="primary" pending={pending}>
          Sign in
        </Button>
      </div>
    </form>
  );
}

const messagesOf = ({ error }: ReturnType<typeof Mailbox.safeParse>) =>
  error?.issues.map(({ message }) => message);

/** When the server is busy, nothing was tried yet. Retries a few times, after a random pause. */
async function askPatiently(credentials: Given & { code?: string }) {
  for (let again = RETRIES; ; again--) {
    const response = await signIn('credentials', { redirect: false, ...credentials }).catch(() => undefined);
    if (response?.status !== 503 || again === 0) return response;
    await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 1_500));
  }
}

const RETRIES = 4;
const WRONG =
  'Incorrect email or password, or too many attempts. Wait a moment and try again, or reset your password.';
const WRONG_CODE = 'Incorrect code, or too many attempts. Each code works once. Wait for the next one.';
const UNAVAILABLE = 'We can’t sign you in right now. Try again in a moment.';
