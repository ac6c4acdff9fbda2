'use client';

import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Callout } from '#app/_components/callout.tsx';
import { TextAreaField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { reportFoundKeyAction } from './actions.ts';

export function FoundKeyForm() {
  const [state, action] = useFormAction(reportFoundKeyAction, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      {state.status === 'done' && (
        <div role="status">
          <Callout tone="success" title="Thank you">
            If it’s a valid key, we’ve notified its owners. You don’t need to do anything else.
          </Callout>
        </div>
      )}
      <TextAreaField
        label="The key"
        name="secretKey"
        required
        rows={3}
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        className="font-mono break-all"
        hint="Starts with lk_sk_. You can paste the lines around it: we read only the key."
        error={errorsOf(state, 'secretKey')}
      />
      <TextField
        label="Where did you find it?"
        name="place"
        optional
        autoComplete="off"
        maxLength={500}
        hint="A URL or a short description. The key’s owners can see it."
        error={errorsOf(state, 'place')}
      />
      <TextField
        label="Email"
        name="email"
        type="email"
        optional
        autoComplete="email"
        hint="So the owners can contact you. We won’t email you."
        error={errorsOf(state, 'email')}
      />
      <div className="flex justify-end">
        <SubmitButton state={state} pendingLabel="Sending…">
          Report the key
        </SubmitButton>
      </div>
    </form>
  );
}
