'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { TextAreaField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { createTeamAction } from './actions.ts';

/** The button that opens the form, and the form. */
export function CreateTeam({ open: openAtFirst }: { open: boolean }) {
  const [open, setOpen] = useState(openAtFirst);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="Create Your Team"
      description="The team’s URL comes from its name."
      trigger={<Button variant="primary">Create Team</Button>}
    >
      <CreateTeamForm />
    </Dialog>
  );
}

function CreateTeamForm() {
  const [state, action] = useFormAction(createTeamAction, idle);
  const router = useRouter();
  useEffect(() => {
    if (state.status !== 'done') return;
    toast.success(`Team ${state.value.name} created`);
    router.push(`/t/${state.value.slug}`);
  }, [state, router]);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <TextField
        label="Team name"
        name="name"
        autoComplete="organization"
        required
        maxLength={60}
        error={errorsOf(state, 'name')}
      />
      <TextAreaField
        label="Description"
        name="description"
        optional
        maxLength={500}
        error={errorsOf(state, 'description')}
      />
      <div className="flex justify-end">
        <SubmitButton state={state} pendingLabel="Creating…">
          Create Team
        </SubmitButton>
      </div>
    </form>
  );
}
