'use client';

import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { TextAreaField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { noteAction } from '#app/t/[team]/incidents/actions.ts';

export function NoteForm({ team, incidentId }: { team: string; incidentId: string }) {
  const [state, action] = useFormAction(noteAction.bind(null, team), idle);
  return (
    <form action={action} noValidate className="flex flex-col items-start gap-3">
      <FormMessage state={state} />
      <input type="hidden" name="incidentId" value={incidentId} />
      <div className="w-full">
        <TextAreaField label="Note" name="text" rows={2} error={errorsOf(state, 'text')} />
      </div>
      <SubmitButton state={state} variant="secondary" pendingLabel="Adding…">
        Add note
      </SubmitButton>
    </form>
  );
}
