'use client';

import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { Button } from '#app/_components/button.tsx';
import { ConfirmDialog } from '#app/_components/dialog.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { archiveAppAction } from '#app/t/[team]/apps/[app]/actions.ts';
import { restore } from './restore-button.tsx';

export function ArchiveButton(app: { team: string; appId: string; title: string }) {
  const { team, appId, title } = app;
  async function archive() {
    const state = await archiveAppAction(team, idle, formOf({ appId }));
    if (state.status !== 'done') {
      toast.error(state.status === 'refused' ? state.message : 'It could not be archived.');
      return;
    }
    toast.success(`${title} is archived`, {
      ...(state.value ? { description: receiptText(state.value) } : {}),
      action: { label: 'Undo', onClick: () => void restore(app) },
      duration: 10_000,
    });
  }
  return (
    <ConfirmDialog
      trigger={<Button>Archive app</Button>}
      title={`Archive ${title}?`}
      description="All its keys are refused at once, on every gateway. You can restore the app at any time."
      confirmLabel="Archive"
      onConfirm={archive}
    />
  );
}
