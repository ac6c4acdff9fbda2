'use client';

import { useState } from 'react';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { Button } from '#app/_components/button.tsx';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { GuardedButton } from '#app/_components/guarded-button.tsx';
import type { CredentialStatus } from '#lib/credentials/credential-status.ts';
import { changeStatus, type StatusChange } from './change-status.ts';

type Key = { keyId: string; name: string; sharedKey: string; status: CredentialStatus };
type Props = { team: string; credential: Key; onClose: () => void };

/** What the switch of a key opens: "Revoking the Key" for an active one, its activation for a paused one. */
export function StatusDialog(props: Props) {
  const [isRevoking, setRevoking] = useState(false);
  return isRevoking ? (
    <ConfirmRevoke {...props} />
  ) : (
    <ChooseStatus {...props} onRevoke={() => setRevoking(true)} />
  );
}

function ChooseStatus({ team, credential, onClose, onRevoke }: Props & { onRevoke: () => void }) {
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const isPaused = credential.status === 'paused';

  async function change(to: StatusChange) {
    setRunning(true);
    try {
      const state = await changeStatus(team, credential, to);
      if (state.status === 'done') onClose();
      else setProblem(reasonOf(state));
    } finally {
      setRunning(false);
    }
  }

  const revoke = (
    <GuardedButton variant="danger" disabled={running} onClick={onRevoke}>
      Revoke permanently
    </GuardedButton>
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && !running && onClose()}
      title={isPaused ? 'Activate the Key' : 'Revoking the Key'}
      description={<KeyName credential={credential} />}
      footer={
        <>
          {problem && (
            <p role="alert" className="w-full text-danger">
              {problem}
            </p>
          )}
          <Button disabled={running} onClick={onClose}>
            Cancel
          </Button>
          {isPaused && revoke}
          <GuardedButton
            variant={isPaused ? 'primary' : 'secondary'}
            pending={running}
            onClick={() => change(isPaused ? 'resume' : 'pause')}
          >
            {isPaused ? 'Activate' : 'Pause'}
          </GuardedButton>
          {!isPaused && revoke}
        </>
      }
    >
      <Choices isPaused={isPaused} />
    </Dialog>
  );
}

function ConfirmRevoke({ team, credential, onClose }: Props) {
  return (
    <DangerDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Revoking the Key"
      description={<KeyName credential={credential} />}
      confirmLabel="Yes, revoke permanently"
      onConfirm={() => changeStatus(team, credential, 'revoke')}
    >
      <p>
        <strong className="font-semibold text-danger">Once a key is revoked, it cannot be retrieved.</strong>{' '}
        Requests with this key are rejected immediately. Every app that uses it needs a new one.
      </p>
    </DangerDialog>
  );
}

const KeyName = ({ credential: { name, sharedKey } }: { credential: Key }) => (
  <p>
    “{name}” <span className="font-mono text-sm break-all">{sharedKey}</span>
  </p>
);

function Choices({ isPaused }: { isPaused: boolean }) {
  return (
    <ul className="flex flex-col gap-2">
      <li>
        {isPaused ? (
          <>
            <strong className="font-semibold">Activate:</strong> requests with this key are accepted again.
          </>
        ) : (
          <>
            <strong className="font-semibold">Pause:</strong> requests with this key are rejected until you
            activate it again.
          </>
        )}
      </li>
      <li>
        <strong className="font-semibold">Revoke permanently:</strong> requests with this key are rejected
        from now on. Once a key is revoked, it cannot be retrieved.
      </li>
    </ul>
  );
}
