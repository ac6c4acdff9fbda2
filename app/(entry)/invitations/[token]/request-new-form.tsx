'use client';

import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { requestNewInvitationAction } from './actions.ts';

export function RequestNewForm({ token, contact }: { token: string; contact: string }) {
  const [state, action] = useFormAction(requestNewInvitationAction, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="token" value={token} />
      {state.status === 'done' ? (
        <p role="status">We’ve let {contact} know. Check your email for a new link.</p>
      ) : (
        <div>
          <SubmitButton state={state} pendingLabel="Requesting…">
            Request a new link
          </SubmitButton>
        </div>
      )}
    </form>
  );
}
