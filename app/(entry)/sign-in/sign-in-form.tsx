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

/** next-auth sets the session cookie, so it is asked from the browser. */
export function SignInForm({ next }: { next: string }) {
  const [state, setState] = useState<ActionState>(idle);
  const [pending, setPending] = useState(false);
  const [given, setGiven] = useState<Given | null>(null);
  /** Refused without a code: during a wait, a code gets its owner in. */
  const [refused, setRefused] = useState<Given | null>(null);

  async function tryWith(credentials: Given & { code?: string }) {
    setPending(true);
    const answer = await askPatiently(credentials);
    if (answer?.ok && !answer.error) {
      // A whole page load, so that nothing of a former session stays in the browser's memory.
      window.location.assign(next);
      return;
    }
    setPending(false);
    if (answer?.error === CODE_NEEDED) {
      setState(idle);
      setGiven(credentials);
      return;
    }
    const wrong = answer?.status === 401 && answer.error === 'CredentialsSignin';
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
    // Each by itself: zod compiles an object's schema, which the policy of the pages forbids.
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

/** Turned away in a rush, nothing was tried yet: it is asked again a few times, each person at his own moment. */
async function askPatiently(credentials: Given & { code?: string }) {
  for (let again = RETRIES; ; again--) {
    const answer = await signIn('credentials', { redirect: false, ...credentials }).catch(() => undefined);
    if (answer?.status !== 503 || again === 0) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 1_500));
  }
}

const RETRIES = 4;
const WRONG =
  'E-mail and password do not go together, or there were too many tries. Wait a little, or choose a new password.';
const WRONG_CODE =
  'This code does not work, or there were too many tries. A code works once: wait for the next one.';
const UNAVAILABLE = 'Signing in does not work right now. Try again in a moment.';
