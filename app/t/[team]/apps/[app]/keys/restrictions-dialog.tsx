'use client';

import { useEffect } from 'react';
import type { ListedCredential } from '#lib/credentials/list-credentials.ts';
import { Button } from '../../../../../_components/button.tsx';
import { Dialog } from '../../../../../_components/dialog.tsx';
import { RestrictionsForm } from '../../_keys/restrictions-form.tsx';

/** The row action "Restrictions" of a key. */
export function RestrictionsDialog({
  team,
  credential,
  opener,
  currentIp,
  onClose,
}: {
  team: string;
  credential: ListedCredential;
  opener: HTMLElement | null;
  currentIp: string | null;
  onClose: () => void;
}) {
  // The menu item that opened it is gone by then, so the focus goes back to the menu's button.
  useEffect(() => () => void setTimeout(() => opener?.focus()), [opener]);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Restrictions"
      description={
        <>
          Where “{credential.name}” may be used from.{' '}
          <span className="font-mono text-sm break-all">{credential.sharedKey}</span>
        </>
      }
    >
      <RestrictionsForm
        team={team}
        credential={credential}
        currentIp={currentIp}
        cancel={<Button onClick={onClose}>Cancel</Button>}
        onSaved={onClose}
      />
    </Dialog>
  );
}
