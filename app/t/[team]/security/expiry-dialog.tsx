'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { SelectField } from '#app/_components/field.tsx';
import { editKeyAction } from '#app/_keys/edit-action.ts';
import { showEdited } from '#app/_keys/edit-toast.ts';
import type { FindingKey } from '#lib/posture/finding.ts';

const CHOICES = ['30', '90', '180'].map((days) => ({ value: days, label: `${days} days` }));

/** Sets the expiration of a key, counted from now. */
export function ExpiryDialog({ team, of, onClose }: { team: string; of: FindingKey; onClose: () => void }) {
  const router = useRouter();
  const [expiration, setExpiration] = useState('90');
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function save() {
    setRunning(true);
    try {
      // Not a form action: the resolved finding and this dialog would leave the page before the state arrives.
      const state = await tryAction(() => editKeyAction(team, idle, formOf({ keyId: of.keyId, expiration })));
      if (state.status !== 'done') return setProblem(reasonOf(state));
      showEdited(of.name, state.value);
      onClose();
      router.refresh();
    } finally {
      setRunning(false);
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && !running && onClose()}
      title={`Set the expiration of “${of.name}”`}
      description={<span className="font-mono text-sm break-all">{of.sharedKey}</span>}
      footer={
        <>
          <Button disabled={running} onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" pending={running} onClick={save}>
            Set expiration
          </Button>
        </>
      }
    >
      <SelectField
        name="expiration"
        label="Expiration"
        value={expiration}
        onChange={(event) => {
          setExpiration(event.target.value);
          setProblem(null);
        }}
        options={CHOICES}
        error={problem ? [problem] : undefined}
        hint="Counted from now. We’ll remind you by email 14, 7 and 1 days before."
      />
    </Dialog>
  );
}
