'use client';

import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Callout } from '#app/_components/callout.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import { EmailField } from '#app/_entry/email-field.tsx';
import { forgotPasswordAction } from '#app/(entry)/actions.ts';

export function ForgotPasswordForm({ outbox }: { outbox: boolean }) {
  const [state, action] = useFormAction(forgotPasswordAction, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      {state.status === 'done' && (
        <div role="status">
          <Callout tone="success" title="Check your email">
            If this address has an account, we sent a link to it. The link expires in 60 minutes.
            {outbox && (
              <>
                {' '}
                Read it in the <TextLink href="/outbox">outbox</TextLink>.
              </>
            )}
          </Callout>
        </div>
      )}
      <EmailField error={errorsOf(state, 'email')} />
      <div className="flex justify-end">
        <SubmitButton state={state} pendingLabel="Sending…">
          Send link
        </SubmitButton>
      </div>
    </form>
  );
}
