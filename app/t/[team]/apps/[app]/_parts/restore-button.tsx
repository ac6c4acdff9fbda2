'use client';

import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { Button } from '#app/_components/button.tsx';
import { ConfirmDialog } from '#app/_components/dialog.tsx';
import { restoreAppAction } from '#app/t/[team]/apps/[app]/actions.ts';

type App = { team: string; appId: string; title: string };

export function RestoreButton(app: App) {
  return (
    <ConfirmDialog
      trigger={<Button size="sm">Restore</Button>}
      title={`Restore ${app.title}?`}
      description="Those of its keys that are active will be accepted again."
      confirmLabel="Restore"
      tone="primary"
      onConfirm={() => restore(app)}
    />
  );
}

export async function restore({ team, appId, title }: App): Promise<void> {
  const state = await restoreAppAction(team, idle, formOf({ appId }));
  if (state.status === 'done') toast.success(`${title} is restored`);
  else toast.error(state.status === 'refused' ? state.message : 'It could not be restored.');
}
