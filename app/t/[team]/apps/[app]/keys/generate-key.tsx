'use client';

import { Plus } from 'lucide-react';
import { useActionState, useCallback, useState } from 'react';
import { Button } from '../../../../../_components/button.tsx';
import { ConfirmDialog, Dialog } from '../../../../../_components/dialog.tsx';
import { SelectField, TextAreaField, TextField } from '../../../../../_components/field.tsx';
import { errorsOf, FormMessage } from '../../../../../_components/form-message.tsx';
import { SubmitButton } from '../../../../../_components/submit-button.tsx';
import { type ActionState, idle } from '../../../../../action-state.ts';
import { ENVIRONMENTS, EXPIRATION_OPTIONS } from '../../_keys/environments.ts';
import type { Issued } from '../../_keys/issued.ts';
import { ISSUED_HEADING, IssuedKeysView } from '../../_keys/issued-keys.tsx';
import { LeaveGuard } from '../../_keys/leave-guard.tsx';
import { generateKeyAction } from './actions.ts';

type App = { appId: string; title: string };

/** "Generate Key": asks for what the key is for, then shows the pair once. */
export function GenerateKey({ team, app }: { team: string; app: App }) {
  const [open, setOpen] = useState(false);
  const [issued, setIssued] = useState<Issued | null>(null);
  const [safe, setSafe] = useState(false);
  const [asking, setAsking] = useState(false);
  const keepSafe = useCallback(() => setSafe(true), []);
  const atRisk = issued !== null && !safe;

  function close() {
    setOpen(false);
    setIssued(null);
    setSafe(false);
  }

  return (
    <>
      <Dialog
        open={open}
        onOpenChange={(next) => {
          if (next) setOpen(true);
          else if (atRisk) setAsking(true);
          else close();
        }}
        size={issued ? 'lg' : 'md'}
        title={issued ? ISSUED_HEADING : 'Generate Key'}
        description={issued ? undefined : `A new key pair for ${app.title}.`}
        trigger={
          <Button variant="primary">
            <Plus aria-hidden="true" />
            Generate Key
          </Button>
        }
      >
        {issued ? (
          <IssuedKeysView issued={issued} onSafe={keepSafe} onDone={close} />
        ) : (
          <GenerateForm team={team} app={app} onIssued={setIssued} onCancel={close} />
        )}
      </Dialog>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Close without storing your keys?"
        description="You have not copied the secret key. Once this is closed, nobody can show it again."
        confirmLabel="Close without the keys"
        onConfirm={close}
      />
      <LeaveGuard active={atRisk} />
    </>
  );
}

function GenerateForm({
  team,
  app,
  onIssued,
  onCancel,
}: {
  team: string;
  app: App;
  onIssued: (issued: Issued) => void;
  onCancel: () => void;
}) {
  const [state, action] = useActionState(async (before: ActionState<Issued>, form: FormData) => {
    const next = await generateKeyAction(team, before, form);
    if (next.status === 'done') onIssued(next.value);
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="appId" value={app.appId} />
      <TextField
        label="Name"
        name="name"
        required
        autoComplete="off"
        error={errorsOf(state, 'name')}
        hint="Where the key will be used, for instance “Web shop, Frankfurt”."
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
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <SubmitButton pendingLabel="Generating…">Generate API Key</SubmitButton>
      </div>
    </form>
  );
}
