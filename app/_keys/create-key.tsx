'use client';

import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { SelectField, TextAreaField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { createKeyAction } from './create-key-action.ts';
import { ENVIRONMENTS, EXPIRATION_OPTIONS } from './environments.ts';
import type { Issued } from './issued.ts';
import { IssuedDialog } from './issued-dialog.tsx';

/** Which app the key will belong to: a given one, or a choice that starts with the Default app. */
export type Place =
  | { appId: string; title: string }
  | { apps: readonly { appId: string; title: string; connected: boolean }[]; defaultConnected: boolean };

/** A button that opens the form for a new key and then shows the pair once. */
export function CreateKey({ team, label, place }: { team: string; label: string; place: Place }) {
  const [open, setOpen] = useState(false);
  const [issued, setIssued] = useState<Issued | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);

  return (
    <>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={label}
        description={
          'appId' in place ? `A new key pair for ${place.title}.` : 'A new key pair for one of your apps.'
        }
        trigger={
          <Button ref={trigger} variant="primary">
            <Plus aria-hidden="true" />
            {label}
          </Button>
        }
      >
        <KeyForm
          team={team}
          place={place}
          onIssued={(made) => {
            setIssued(made);
            setOpen(false);
          }}
          onCancel={() => setOpen(false)}
        />
      </Dialog>
      {issued && (
        <IssuedDialog
          issued={issued}
          description={null}
          onClose={() => {
            setIssued(null);
            // The form's dialog is closed, so the focus has to be returned here.
            setTimeout(() => trigger.current?.focus());
          }}
        />
      )}
    </>
  );
}

function KeyForm({
  team,
  place,
  onIssued,
  onCancel,
}: {
  team: string;
  place: Place;
  onIssued: (issued: Issued) => void;
  onCancel: () => void;
}) {
  const [state, action] = useFormAction(async (before: ActionState<Issued>, form: FormData) => {
    const next = await createKeyAction(team, before, form);
    if (next.status === 'done') onIssued(next.value);
    return next;
  }, idle);
  const [chosen, setChosen] = useState('');
  const connected =
    'appId' in place ||
    (chosen ? place.apps.some((app) => app.appId === chosen && app.connected) : place.defaultConnected);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <TextField
        label="Name"
        name="name"
        required
        maxLength={60}
        autoComplete="off"
        error={errorsOf(state, 'name')}
        hint="Where you’ll use the key, such as “Web shop, Frankfurt”."
      />
      <TextAreaField
        label="Description"
        name="description"
        optional
        rows={2}
        error={errorsOf(state, 'description')}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="Environment"
          name="environment"
          options={ENVIRONMENTS}
          defaultValue="development"
          error={errorsOf(state, 'environment')}
        />
        <SelectField
          label="Expiration"
          name="expiration"
          options={EXPIRATION_OPTIONS}
          defaultValue="never"
          error={errorsOf(state, 'expiration')}
        />
      </div>
      {'appId' in place ? (
        <input type="hidden" name="appId" value={place.appId} />
      ) : (
        <SelectField
          label="Application"
          name="appId"
          options={[
            { value: '', label: 'Default app' },
            ...place.apps.map(({ appId, title }) => ({ value: appId, label: title })),
          ]}
          defaultValue=""
          onChange={(event) => setChosen(event.target.value)}
          error={errorsOf(state, 'appId')}
          hint={
            connected
              ? 'The key can call the endpoints this app is connected to.'
              : 'This app isn’t connected to any endpoints yet. Requests are rejected until it is.'
          }
        />
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <SubmitButton state={state} pendingLabel="Generating…">
          Generate API Key
        </SubmitButton>
      </div>
    </form>
  );
}
