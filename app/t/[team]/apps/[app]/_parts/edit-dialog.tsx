'use client';

import { useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { TextAreaField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { editAppAction } from '#app/t/[team]/apps/[app]/actions.ts';

type App = { team: string; appId: string; title: string; description: string };

export function EditDialog(app: App) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={`Edit ${app.title}`}
      trigger={<Button size="sm">Edit</Button>}
    >
      <EditForm app={app} close={() => setOpen(false)} />
    </Dialog>
  );
}

function EditForm({ app, close }: { app: App; close: () => void }) {
  const [state, action] = useFormAction(async (before: ActionState, form: FormData) => {
    const next = await editAppAction(app.team, before, form);
    if (next.status === 'done') {
      close();
      toast.success('App saved');
    }
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="appId" value={app.appId} />
      <TextField
        label="Title"
        name="title"
        required
        autoComplete="off"
        defaultValue={app.title}
        error={errorsOf(state, 'title')}
      />
      <TextAreaField
        label="Description"
        name="description"
        defaultValue={app.description}
        error={errorsOf(state, 'description')}
      />
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <SubmitButton state={state} pendingLabel="Saving…">
          Save
        </SubmitButton>
      </div>
    </form>
  );
}
