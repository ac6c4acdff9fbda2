'use client';

import { useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { TextAreaField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { closeAction } from '#app/t/[team]/incidents/actions.ts';

/** Closes an incident with a summary. `open` lists the steps that are not done. */
export function CloseDialog({
  team,
  incidentId,
  keyName,
  open: stepsOpen,
}: {
  team: string;
  incidentId: string;
  keyName: string;
  open: readonly string[];
}) {
  const [open, setOpen] = useState(false);
  const [state, action] = useFormAction(async (before: ActionState<undefined>, form: FormData) => {
    const next = await closeAction(team, before, form);
    if (next.status === 'done') {
      setOpen(false);
      toast.success('Incident closed', { description: 'You can reopen it at any time.' });
    }
    return next;
  }, idle);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={`Close the incident about “${keyName}”`}
      description={
        stepsOpen.length > 0
          ? `Not done yet: ${stepsOpen.join(', ')}. The key stays revoked.`
          : 'All steps are done. The key stays revoked.'
      }
      trigger={<Button>Close incident</Button>}
    >
      <form action={action} noValidate className="flex flex-col gap-4">
        <FormMessage state={state} />
        <input type="hidden" name="incidentId" value={incidentId} />
        <TextAreaField
          label="Summary"
          name="summary"
          rows={4}
          error={errorsOf(state, 'summary')}
          hint="The cause, what was done, and how you’ll prevent it from happening again."
        />
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <SubmitButton state={state} pendingLabel="Closing…">
            Close incident
          </SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
