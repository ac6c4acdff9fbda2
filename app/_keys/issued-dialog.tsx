'use client';

import { useCallback, useState } from 'react';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import type { Issued } from './issued.ts';
import { ISSUED_HEADING, IssuedKeysView } from './issued-keys.tsx';
import { LeaveGuard } from './leave-guard.tsx';

/** A new pair, shown once; asks before it is closed with nothing copied. */
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
        description="You have not copied the secret key. Once this is closed, nobody can show it again."
        confirmLabel="Close without the keys"
        onConfirm={onClose}
      />
      <LeaveGuard active={!safe} />
    </>
  );
}
