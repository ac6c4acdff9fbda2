'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useActionState, useEffect, useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { PasswordField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { newRecoveryCodesAction, turnOffTwoFactorAction } from './actions.ts';
import { RecoveryCodes } from './recovery-codes.tsx';

/** Asks for password and code, then shows the new codes; the old ones are dead by then. */
export function NewCodesDialog() {
  const [open, setOpen] = useState(false);
  const router = useRouter();
  const close = () => {
    setOpen(false);
    router.refresh();
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>New recovery codes</Button>
      {open && <NewCodes onClose={close} />}
    </>
  );
}

function NewCodes({ onClose }: { onClose: () => void }) {
  const [state, action] = useActionState(newRecoveryCodesAction, idle);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New recovery codes"
      description={state.status === 'done' ? undefined : 'The codes you have now stop working.'}
    >
      {state.status === 'done' ? (
        <RecoveryCodes
          title="Your new recovery codes"
          codes={state.value}
          done={
            <Button variant="primary" onClick={onClose}>
              I have stored them
            </Button>
          }
        />
      ) : (
        <BothFactorsForm state={state} action={action} onCancel={onClose}>
          <SubmitButton pendingLabel="Making…">Make new codes</SubmitButton>
        </BothFactorsForm>
      )}
    </Dialog>
  );
}

export function TurnOffDialog() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Turn off</Button>
      {open && <TurnOff onClose={() => setOpen(false)} />}
    </>
  );
}

function TurnOff({ onClose }: { onClose: () => void }) {
  const [state, action] = useActionState(turnOffTwoFactorAction, idle);
  const router = useRouter();
  useEffect(() => {
    if (state.status !== 'done') return;
    toast.success('Two-factor authentication is off');
    onClose();
    router.refresh();
  }, [state, onClose, router]);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Turn off two-factor authentication"
      description="Your password alone will sign you in again. Teams that require it close to you until it is on again."
    >
      <BothFactorsForm state={state} action={action} onCancel={onClose}>
        <SubmitButton variant="danger" pendingLabel="Turning off…">
          Turn off
        </SubmitButton>
      </BothFactorsForm>
    </Dialog>
  );
}

function BothFactorsForm<T>({
  state,
  action,
  onCancel,
  children,
}: {
  state: ActionState<T>;
  action: (form: FormData) => void;
  onCancel: () => void;
  children: ReactNode;
}) {
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <PasswordField
        label="Current password"
        name="current"
        required
        autoComplete="current-password"
        error={errorsOf(state, 'current')}
      />
      <TextField
        label="Code from your app"
        name="code"
        required
        autoComplete="one-time-code"
        maxLength={60}
        className="font-mono"
        error={errorsOf(state, 'code')}
        hint="Or one of your recovery codes."
      />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        {children}
      </div>
    </form>
  );
}
