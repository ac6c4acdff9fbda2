'use client';

import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { PasswordField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import { verifyEmailAction } from '#app/(entry)/actions.ts';

/** One click is enough in the browser that signed up. In others, a second step asks for the password. */
export function VerifyEmailForm({ token }: { token: string }) {
  const [state, action] = useFormAction(verifyEmailAction, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="token" value={token} />
      {needsPassword(state) && (
        <>
          <p>
            You opened this link in a different browser. To confirm that you created the account, enter the
            password you chose. If you didn’t create it, or forgot the password,{' '}
            <TextLink href="/forgot-password">choose a new one</TextLink>.
          </p>
          <PasswordField
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            error={errorsOf(state, 'password')}
          />
        </>
      )}
      <div>
        <SubmitButton state={state} pendingLabel="Verifying…">
          Verify email
        </SubmitButton>
      </div>
    </form>
  );
}

const needsPassword = (state: ActionState<'password_needed'>): boolean =>
  state.status === 'done' || (state.status === 'invalid' && state.fields.password !== undefined);
