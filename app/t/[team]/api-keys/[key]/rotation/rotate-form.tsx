'use client';

import { type FormEvent, useRef, useState } from 'react';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { type Rotated, rotateAction } from './actions.ts';
import { ChoiceField } from './choice-field.tsx';

const OVERLAPS = [
  {
    value: '30d_after_first_use',
    label: '30 days after the new key’s first use',
    hint: 'The old key works until you start to use the new one. Best if you don’t know every place where the key is used.',
  },
  { value: '7d', label: '7 days', hint: 'For several apps with their own deployment schedules.' },
  { value: '24h', label: '24 hours', hint: 'For one app that you can deploy today.' },
  { value: '1h', label: '1 hour', hint: 'For an app that can load the new key while it runs.' },
  {
    value: '0',
    label: 'No overlap',
    hint: 'The old key is revoked immediately. Requests fail until the new key is in place.',
  },
];

/** The form for the overlap and the name of the new key. */
export function RotateForm({
  team,
  credential,
  suggestedName,
  onRotated,
}: {
  team: string;
  credential: { keyId: string; name: string };
  suggestedName: string;
  onRotated: (rotated: Rotated) => void;
}) {
  const [state, action] = useFormAction(async (before: ActionState<Rotated>, form: FormData) => {
    const next = await rotateAction(team, before, form);
    if (next.status === 'done') onRotated(next.value);
    return next;
  }, idle);
  const form = useRef<HTMLFormElement>(null);
  const [asking, setAsking] = useState(false);
  const sure = useRef(false);

  /** Without an overlap the old key is revoked immediately, so ask first. */
  function ask(event: FormEvent<HTMLFormElement>) {
    if (sure.current || new FormData(event.currentTarget).get('overlap') !== '0') return;
    event.preventDefault();
    setAsking(true);
  }

  function confirm() {
    sure.current = true;
    form.current?.requestSubmit();
    sure.current = false;
  }

  return (
    <form ref={form} action={action} onSubmit={ask} noValidate className="flex max-w-[560px] flex-col gap-5">
      <FormMessage state={state} />
      <input type="hidden" name="keyId" value={credential.keyId} />
      <ChoiceField
        label="How long the old key keeps working"
        name="overlap"
        options={OVERLAPS}
        defaultValue="30d_after_first_use"
        error={errorsOf(state, 'overlap')}
      />
      <TextField
        label="Name of the new key"
        name="name"
        optional
        autoComplete="off"
        placeholder={suggestedName}
        error={errorsOf(state, 'name')}
      />
      <div>
        <SubmitButton state={state} pendingLabel="Rotating…">
          Rotate
        </SubmitButton>
      </div>
      <DangerDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Rotate “${credential.name}” without an overlap?`}
        description="The old key is revoked immediately. Requests fail until the new key is in every app."
        confirmLabel="Rotate"
        onConfirm={confirm}
      />
    </form>
  );
}
