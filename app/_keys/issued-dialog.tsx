'use client';

import { useCallback, useState } from 'react';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import type { Issued } from './issued.ts';
import { ISSUED_HEADING, IssuedKeysView } from './issued-keys.tsx';
import { LeaveGuard } from './leave-guard.tsx';

/** A new key pair, shown once. Asks before closing if nothing was copied. */
export function IssuedDialog({
  issued,
  description,
  onClose,
}: {
  issued: Issued;
  description: string | null;
  onClose: () => void;
}) {
  const [safe, setSafe] = useState(false);
  const [asking, setAsking] = useState(false);
  const keepSafe = useCallback(() => setSafe(true), []);
  return (
    <>
      <Dialog
        open
        onOpenChange={(open) => {
          if (open) return;
          if (safe) onClose();
          else setAsking(true);
        }}
        size="lg"
        title={ISSUED_HEADING}
        description={description}
      >
        <IssuedKeysView issued={issued} onSafe={keepSafe} onDone={onClose} />
      </Dialog>
      <DangerDialog
        open={asking}
        onOpenChange={setAsking}
        title="Close without storing your keys?"
        description="You haven’t copied the secret key. After you close this, it can’t be shown again."
        confirmLabel="Close without the keys"
        onConfirm={onClose}
      />
      <LeaveGuard active={!safe} />
    </>
  );
}
