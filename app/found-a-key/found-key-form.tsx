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
            If it is a key of ours, its owners are told now. There is nothing more you need to do.
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
        hint="Begins with lk_sk_. The lines around it may come along: only the key is read."
        error={errorsOf(state, 'secretKey')}
      />
      <TextField
        label="Where did you find it?"
        name="place"
        optional
        autoComplete="off"
        maxLength={500}
        hint="An address or a few words. The key's owners see it."
        error={errorsOf(state, 'place')}
      />
      <TextField
        label="Email"
        name="email"
        type="email"
        optional
        autoComplete="email"
        hint="So that its owners can thank you. We send nothing to it."
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
