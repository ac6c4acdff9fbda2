'use client';

import { useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Button } from '#app/_components/button.tsx';
import { dateText } from '#app/_components/date-text.ts';
import { Dialog } from '#app/_components/dialog.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { extendAction } from './actions.ts';
import { ChoiceField } from './choice-field.tsx';

export type Extension = { value: string; label: string; hint: string };

/** Extends a rotated key. */
export function Extend({
  team,
  credential,
  extensions,
}: {
  team: string;
  credential: { keyId: string; name: string };
  extensions: readonly Extension[];
}) {
  const [open, setOpen] = useState(false);
  const [state, action] = useFormAction(async (before: ActionState<Date>, form: FormData) => {
    const next = await extendAction(team, before, form);
    if (next.status === 'done') {
      setOpen(false);
      toast.success(`“${credential.name}” extended`, {
        description: `Until ${dateText(new Date(next.value), 'datetime')}`,
      });
    }
    return next;
  }, idle);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={`Extend “${credential.name}”`}
      description="The old key keeps working for longer, but never past its own expiration."
      trigger={<Button>Extend</Button>}
    >
      <form action={action} noValidate className="flex flex-col gap-5">
        <FormMessage state={state} />
        <input type="hidden" name="keyId" value={credential.keyId} />
        <ChoiceField
          label="Works until"
          name="until"
          options={extensions}
          defaultValue={extensions[0]?.value ?? ''}
          error={errorsOf(state, 'until')}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <SubmitButton state={state} pendingLabel="Extending…">
            Extend
          </SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
