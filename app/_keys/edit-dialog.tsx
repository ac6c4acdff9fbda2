'use client';

import { useState } from 'react';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Button } from '#app/_components/button.tsx';
import { dateText } from '#app/_components/date-text.ts';
import { Dialog } from '#app/_components/dialog.tsx';
import { SelectField, TextAreaField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { type EditedKey, editKeyAction } from './edit-action.ts';
import { showEdited } from './edit-toast.ts';
import type { MenuKey } from './menu-key.ts';

type Props = { team: string; credential: MenuKey; onClose: () => void };

export function EditDialog({ team, credential, onClose }: Props) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Edit “${credential.name}”`}
      description={<span className="font-mono text-sm break-all">{credential.sharedKey}</span>}
    >
      <EditForm team={team} credential={credential} onClose={onClose} />
    </Dialog>
  );
}

function EditForm({ team, credential, onClose }: Props) {
  const { keyId, name, description, expiresAt, dailyLimit, status } = credential;
  const [expiration, setExpiration] = useState('keep');
  const [state, action] = useFormAction(async (before: ActionState<EditedKey>, form: FormData) => {
    const next = await editKeyAction(team, before, form);
    if (next.status === 'done') {
      showEdited(String(form.get('name')), next.value);
      onClose();
    }
    return next;
  }, idle);
  const now = expiresAt ? dateText(new Date(expiresAt), 'datetime') : 'never expires';
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="keyId" value={keyId} />
      <TextField
        label="Name"
        name="name"
        required
        maxLength={60}
        autoComplete="off"
        defaultValue={name}
        error={errorsOf(state, 'name')}
      />
      <TextAreaField
        label="Description"
        name="description"
        optional
        rows={2}
        defaultValue={description}
        error={errorsOf(state, 'description')}
      />
      {status !== 'expired' && (
        <>
          <SelectField
            label="Expiration"
            name="expiration"
            value={expiration}
            onChange={(event) => setExpiration(event.target.value)}
            options={[
              { value: 'keep', label: `Keep: ${now}` },
              { value: '30', label: '30 days from now' },
              { value: '90', label: '90 days from now' },
              { value: '180', label: '180 days from now' },
              { value: 'until', label: 'On a date…' },
              { value: 'never', label: 'Never expires' },
            ]}
            error={errorsOf(state, 'expiration')}
            hint="An earlier date applies on every gateway immediately. Only owners and admins can set a later date, up to the maximum age in your team’s key policy. To go beyond that, rotate the key."
          />
          {expiration === 'until' && (
            <TextField
              label="Last day"
              name="expiresOn"
              type="date"
              required
              error={errorsOf(state, 'expiresOn')}
              hint="The key works until the end of this day (UTC)."
            />
          )}
        </>
      )}
      <TextField
        label="Daily limit"
        name="dailyLimit"
        optional
        inputMode="numeric"
        autoComplete="off"
        defaultValue={dailyLimit === null ? '' : String(dailyLimit)}
        error={errorsOf(state, 'dailyLimit')}
        hint="Requests per UTC day. Leave empty for no limit."
      />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <SubmitButton state={state} pendingLabel="Saving…">
          Save
        </SubmitButton>
      </div>
    </form>
  );
}
