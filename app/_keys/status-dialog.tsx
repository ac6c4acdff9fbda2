'use client';

import { useState } from 'react';
import { Button } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import type { CredentialStatus } from '#lib/credentials/credential-status.ts';
import { type Act, changeStatus } from './change-status.ts';

type Key = { keyId: string; name: string; sharedKey: string; status: CredentialStatus };

/** What the toggle of a key opens: "Revoking the Key" for an active one, its activation for a paused one. */
export function StatusDialog({
  team,
  credential,
  onClose,
}: {
  team: string;
  credential: Key;
  onClose: () => void;
}) {
  const [sure, setSure] = useState(false);
  const [running, setRunning] = useState<Act | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const { name, sharedKey, status } = credential;

  async function act(what: Act) {
    setRunning(what);
    try {
      const message = await changeStatus(team, credential, what);
      if (message) setRefused(message);
      else onClose();
    } finally {
      setRunning(null);
    }
  }

  const button = (
    what: Act,
    label: string,
    variant: 'primary' | 'secondary' | 'danger',
    onClick: () => unknown = () => act(what),
  ) => (
    <Button variant={variant} pending={running === what} disabled={running !== null} onClick={onClick}>
      {label}
    </Button>
  );
  const cancel = (
    <Button disabled={running !== null} onClick={onClose}>
      Cancel
    </Button>
  );
  const askRevoke = button('revoke', 'Revoke permanently', 'danger', () => setSure(true));

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && running === null && onClose()}
      title={status === 'paused' && !sure ? 'Activate the Key' : 'Revoking the Key'}
      description={
        <>
          “{name}” <span className="font-mono text-sm break-all">{sharedKey}</span>
        </>
      }
      footer={
        sure ? (
          <>
            {cancel}
            {button('revoke', 'Yes, revoke permanently', 'danger')}
          </>
        ) : status === 'paused' ? (
          <>
            {cancel}
            {askRevoke}
            {button('resume', 'Activate', 'primary')}
          </>
        ) : (
          <>
            {cancel}
            {button('pause', 'Pause', 'secondary')}
            {askRevoke}
          </>
        )
      }
    >
      <div className="flex flex-col gap-3">
        {refused && (
          <p role="alert" className="text-danger">
            {refused}
          </p>
        )}
        {sure ? (
          <Callout tone="danger" title="Once a key is revoked, it cannot be retrieved.">
            Every call with this key is refused from now on, for ever. Whoever uses it needs a new one.
          </Callout>
        ) : (
          <Choices status={status} />
        )}
      </div>
    </Dialog>
  );
}

function Choices({ status }: { status: CredentialStatus }) {
  return (
    <ul className="flex flex-col gap-2">
      <li>
        {status === 'paused' ? (
          <>
            <strong className="font-semibold">Activate:</strong> calls with this key are accepted again.
          </>
        ) : (
          <>
            <strong className="font-semibold">Pause:</strong> calls with this key are refused until you
            activate it again.
          </>
        )}
      </li>
      <li>
        <strong className="font-semibold">Revoke permanently:</strong> calls with this key are refused for
        ever. Once a key is revoked, it cannot be retrieved.
      </li>
    </ul>
  );
}
