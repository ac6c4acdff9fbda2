'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { TextField } from '#app/_components/field.tsx';
import { GuardedButton } from '#app/_components/guarded-button.tsx';
import type { FindingKind } from '#lib/posture/rules.ts';
import { dismissFindingAction, restoreFindingAction } from './actions.ts';

type Props = { team: string; kind: FindingKind; subjectId: string; title: string; name: string };

/** Dismisses a finding for some days, with a note. */
export function DismissButton(props: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" variant="ghost" onClick={() => setOpen(true)}>
        Dismiss <span className="sr-only">({props.name})</span>
      </Button>
      {open && <DismissDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function DismissDialog({ team, kind, subjectId, title, name, onClose }: Props & { onClose: () => void }) {
  const router = useRouter();
  const [note, setNote] = useState('');
  const [running, setRunning] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function dismiss(days: '30' | '90') {
    setRunning(days);
    try {
      const state = await tryAction(() =>
        dismissFindingAction(team, idle, formOf({ kind, subjectId, days, note })),
      );
      if (state.status !== 'done') return setProblem(reasonOf(state));
      toast.success(`Dismissed for ${days} days: ${title} (${name})`, {
        action: { label: 'Undo', onClick: () => void undo() },
      });
      onClose();
      router.refresh();
    } finally {
      setRunning(null);
    }
  }

  async function undo() {
    const state = await tryAction(() => restoreFindingAction(team, idle, formOf({ kind, subjectId })));
    if (state.status !== 'done') toast.error(reasonOf(state));
    else toast.success(`Finding restored: ${title} (${name})`);
    router.refresh();
  }

  const button = (days: '30' | '90') => (
    <GuardedButton pending={running === days} disabled={running !== null} onClick={() => dismiss(days)}>
      Dismiss for {days} days
    </GuardedButton>
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && running === null && onClose()}
      title={`Dismiss “${title}”?`}
      description={`${name}. While dismissed, this finding won’t affect the score. It reappears if it isn’t resolved by then.`}
      footer={
        <>
          <Button variant="ghost" disabled={running !== null} onClick={onClose}>
            Cancel
          </Button>
          {button('30')}
          {button('90')}
        </>
      }
    >
      <TextField
        name="note"
        label="Note"
        optional
        value={note}
        maxLength={300}
        onChange={(event) => {
          setNote(event.target.value);
          setProblem(null);
        }}
        error={problem ? [problem] : undefined}
        hint="Why you accept this. The note is listed in the audit log."
      />
    </Dialog>
  );
}
