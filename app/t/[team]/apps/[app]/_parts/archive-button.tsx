'use client';

import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { Button } from '#app/_components/button.tsx';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { archiveAppAction } from '#app/t/[team]/apps/[app]/actions.ts';
import { undoArchive } from './restore-button.tsx';

export function ArchiveButton(app: { team: string; appId: string; title: string }) {
  const { team, appId, title } = app;
  async function archive() {
    const state = await archiveAppAction(team, idle, formOf({ appId }));
    if (state.status !== 'done') return state;
    toast.success(`${title} is archived`, {
      ...(state.value ? { description: receiptText(state.value) } : {}),
      action: { label: 'Undo', onClick: () => void undoArchive(app) },
      duration: 10_000,
    });
    return state;
  }
  return (
    <DangerDialog
      trigger={<Button>Archive app</Button>}
      title={`Archive ${title}?`}
      description="All of its keys are rejected immediately, on every gateway. You can restore the app at any time."
      confirmLabel="Archive"
      onConfirm={archive}
    />
  );
}
