'use client';

import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { Button } from '#app/_components/button.tsx';
import { ConfirmDialog } from '#app/_components/danger-dialog.tsx';
import { restoreAppAction } from '#app/t/[team]/apps/[app]/actions.ts';

type App = { team: string; appId: string; title: string };

export function RestoreButton(app: App) {
  return (
    <ConfirmDialog
      trigger={<Button size="sm">Restore</Button>}
      title={`Restore ${app.title}?`}
      description="Its active keys will be accepted again."
      confirmLabel="Restore"
      onConfirm={() => restore(app)}
    />
  );
}

async function restore({ team, appId, title }: App) {
  const state = await restoreAppAction(team, idle, formOf({ appId }));
  if (state.status === 'done') toast.success(`${title} is restored`);
  return state;
}

/** Restores the app without confirmation, and shows why if that fails. */
export async function undoArchive(app: App): Promise<void> {
  const state = await tryAction(() => restore(app));
  if (state.status !== 'done') toast.error(reasonOf(state));
}
