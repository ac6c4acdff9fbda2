'use client';

import { useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { TextAreaField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { formatCount, formatNumber } from '#lib/format.ts';
import { setGuidelinesAction } from './actions.ts';

const MAX = 20_000;

type Outcome = ActionState<{ changed: boolean }>;

export function GuidelinesForm({ team, guidelines }: { team: string; guidelines: string }) {
  const [length, setLength] = useState(guidelines.length);
  const [state, action] = useFormAction(async (before: Outcome, form: FormData): Promise<Outcome> => {
    const next = await setGuidelinesAction(team, before, form);
    if (next.status === 'done')
      toast.success(
        next.value.changed ? 'Guidelines saved. Members need to confirm them again.' : 'No changes to save',
      );
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <TextAreaField
        key={guidelines}
        label="Guidelines"
        name="guidelines"
        rows={8}
        defaultValue={guidelines}
        placeholder="How to name keys, where to keep secrets, who to contact if one leaks."
        onChange={(event) => setLength(event.target.value.length)}
        hint={`Plain text. A blank line starts a new paragraph. ${formatNumber(length)} of ${formatCount(MAX, 'character')}.`}
        error={errorsOf(state, 'guidelines')}
      />
      <div>
        <SubmitButton state={state} pendingLabel="Saving…">
          Save guidelines
        </SubmitButton>
      </div>
    </form>
  );
}
