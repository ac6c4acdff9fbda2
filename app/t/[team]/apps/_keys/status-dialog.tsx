'use client';

import { useState } from 'react';
import { toast } from 'sonner';
import type { ListedCredential } from '#lib/credentials/list-credentials.ts';
import { Button } from '../../../../../_components/button.tsx';
import { Callout } from '../../../../../_components/callout.tsx';
import { Dialog } from '../../../../../_components/dialog.tsx';
import { type ActionState, idle } from '../../../../../action-state.ts';
import { formOf } from '../../_keys/form-of.ts';
import { receiptText } from '../../_keys/receipt-text.ts';
import { pauseKeyAction, resumeKeyAction, revokeKeyAction } from './actions.ts';

type Key = Pick<ListedCredential, 'keyId' | 'name' | 'sharedKey' | 'status'>;
type Act = 'pause' | 'resume' | 'revoke';

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
      const message = await change(team, credential, what);
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

function Choices({ status }: { status: ListedCredential['status'] }) {
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

/** Runs the act and tells its outcome; answers why not, where it was refused. */
async function change(team: string, { keyId, name }: Key, what: Act): Promise<string | null> {
  const form = formOf({ keyId });
  if (what === 'resume') {
    const state = await resumeKeyAction(team, idle, form);
    if (state.status !== 'done') return reasonOf(state);
    toast.success(`“${name}” is active again`);
    return null;
  }
  const state = await (what === 'pause' ? pauseKeyAction : revokeKeyAction)(team, idle, form);
  if (state.status !== 'done') return reasonOf(state);
  const receipt = state.value;
  const tell = receipt.confirmed === receipt.gateways ? toast.success : toast.warning;
  tell(what === 'pause' ? `“${name}” is paused` : `“${name}” is revoked`, {
    description: receiptText(receipt),
    duration: 10_000,
    ...(what === 'pause'
      ? { action: { label: 'Undo', onClick: () => void undoPause(team, keyId, name) } }
      : {}),
  });
  return null;
}

async function undoPause(team: string, keyId: string, name: string): Promise<void> {
  const state = await resumeKeyAction(team, idle, formOf({ keyId }));
  if (state.status === 'done') toast.success(`“${name}” is active again`);
  else toast.error(reasonOf(state));
}

const reasonOf = <T,>(state: ActionState<T>): string =>
  state.status === 'refused' ? state.message : 'It could not be changed.';
