'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Button } from '#app/_components/button.tsx';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { PasswordField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { newRecoveryCodesAction, turnOffTwoFactorAction } from './actions.ts';
import { RecoveryCodes } from './recovery-codes.tsx';

/** Asks for password and code, then shows the new codes. The old ones no longer work. */
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
  const [state, action] = useFormAction(newRecoveryCodesAction, idle);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New recovery codes"
      description={state.status === 'done' ? undefined : 'Your current codes stop working.'}
    >
      {state.status === 'done' ? (
        <RecoveryCodes
          title="Your new recovery codes"
          codes={state.value}
          done={
            <Button variant="primary" onClick={onClose}>
              I’ve stored them
            </Button>
          }
        />
      ) : (
        <form action={action} noValidate className="flex flex-col gap-4">
          <FormMessage state={state} />
          <BothFactors state={state} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <SubmitButton state={state} pendingLabel="Making…">
              Create new codes
            </SubmitButton>
          </div>
        </form>
      )}
    </Dialog>
  );
}

export function TurnOffDialog() {
  const [state, setState] = useState<ActionState<unknown>>(idle);
  const router = useRouter();
  async function turnOff(form: FormData) {
    const next = await tryAction(() => turnOffTwoFactorAction(idle, form));
    setState(next);
    if (next.status === 'done') {
      toast.success('Two-factor authentication is off');
      router.refresh();
    }
    return next;
  }
  return (
    <DangerDialog
      trigger={<Button>Turn off</Button>}
      onOpenChange={() => setState(idle)}
      title="Turn off two-factor authentication"
      description="You’ll sign in with your password only. You lose access to teams that require two-factor authentication until you turn it on again."
      confirmLabel="Turn off"
      onConfirm={turnOff}
    >
      <BothFactors state={state} />
    </DangerDialog>
  );
}

/** The password and a code, for changes that weaken the sign-in. */
function BothFactors<T>({ state }: { state: ActionState<T> }) {
  return (
    <>
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
    </>
  );
}
