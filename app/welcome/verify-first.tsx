'use client';

import { resendVerificationAction } from '#app/_account/actions.ts';
import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';

/** Shown instead of the form until the address is verified. */
export function VerifyFirst({ email }: { email: string }) {
  const [state, action] = useFormAction(resendVerificationAction, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <p>
        Verify <strong className="font-semibold break-all">{email}</strong>. Open the link in the email we
        sent you, then come back here.
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <SubmitButton state={state} variant="secondary" pendingLabel="Sending…">
          Resend email
        </SubmitButton>
        <span role="status" className="text-muted">
          {state.status === 'done' && 'Sent. Older links no longer work.'}
        </span>
      </div>
    </form>
  );
}
