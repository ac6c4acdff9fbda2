import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { receiptText } from './receipt-text.ts';
import { pauseKeyAction, resumeKeyAction, revokeKeyAction } from './status-actions.ts';

export type StatusChange = 'pause' | 'resume' | 'revoke';
type Key = { keyId: string; name: string };

/** Pauses, resumes or revokes a key and shows a toast on success. Returns the state, so that a dialog can show the error. */
export async function changeStatus(
  team: string,
  { keyId, name }: Key,
  change: StatusChange,
): Promise<ActionState<unknown>> {
  const form = formOf({ keyId });
  if (change === 'resume') {
    const state = await tryAction(() => resumeKeyAction(team, idle, form));
    if (state.status === 'done') toast.success(`“${name}” is active again`);
    return state;
  }
  const action = change === 'pause' ? pauseKeyAction : revokeKeyAction;
  const state = await tryAction(() => action(team, idle, form));
  if (state.status !== 'done') return state;
  const receipt = state.value;
  const show = receipt.confirmed === receipt.gateways ? toast.success : toast.warning;
  show(change === 'pause' ? `“${name}” is paused` : `“${name}” is revoked`, {
    description: receiptText(receipt),
    duration: 10_000,
    ...(change === 'pause'
      ? { action: { label: 'Undo', onClick: () => void resume(team, { keyId, name }) } }
      : {}),
  });
  return state;
}

/** Activates a paused key from a menu or a toast; a failure is a toast too. */
export async function resume(team: string, key: Key): Promise<void> {
  const state = await changeStatus(team, key, 'resume');
  if (state.status !== 'done') toast.error(reasonOf(state));
}
