'use client';

import { type SubmitEvent, useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import type { ActionState } from '#app/_actions/action-state.ts';
import { AppCodeField } from '#app/_components/app-code-field.tsx';
import { Button } from '#app/_components/button.tsx';
import { TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { AppCode } from '#lib/accounts/app-code.ts';

const RecoveryCode = z.string().trim().min(1, 'Enter one of your recovery codes.');

/** The second step of signing in: a code from the app, or a recovery code. */
export function CodeStep({
  email,
  state: answered,
  pending,
  onCode,
  onBack,
}: {
  email: string;
  state: ActionState;
  pending: boolean;
  onCode: (code: string) => void;
  onBack: () => void;
}) {
  const [recovery, setRecovery] = useState(false);
  const [wrong, setWrong] = useState<ActionState | null>(null);
  const state = wrong ?? answered;
  const form = useRef<HTMLFormElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another field takes the focus when it appears.
  useEffect(() => form.current?.querySelector('input')?.focus(), [recovery]);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const code = (recovery ? RecoveryCode : AppCode).safeParse(new FormData(event.currentTarget).get('code'));
    const messages = code.error?.issues.map(({ message }) => message);
    setWrong(messages ? { status: 'invalid', fields: { code: messages } } : null);
    if (code.success) onCode(code.data);
  }

  function change() {
    setWrong(null);
    setRecovery(!recovery);
  }

  return (
    <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-4" method="post">
      <FormMessage state={state} />
      <p className="break-words text-muted">
        Signing in as <span className="font-medium text-ink">{email}</span>.
      </p>
      {recovery ? (
        <TextField
          key="recovery"
          label="Recovery code"
          name="code"
          required
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={60}
          className="font-mono"
          error={errorsOf(state, 'code')}
          hint="One of the codes you stored when you set up two-factor authentication."
        />
      ) : (
        <AppCodeField key="app" error={errorsOf(state, 'code')} />
      )}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Button variant="ghost" className="-ml-3.5" onClick={change}>
          {recovery ? 'Use a code from your app' : 'Use a recovery code'}
        </Button>
        <div className="flex gap-2">
          <Button onClick={onBack}>Back</Button>
          <Button type="submit" variant="primary" pending={pending}>
            Sign in
          </Button>
        </div>
      </div>
    </form>
  );
}
