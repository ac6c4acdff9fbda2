import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { receiptText } from './receipt-text.ts';
import { pauseKeyAction, resumeKeyAction, revokeKeyAction } from './status-actions.ts';

export type Act = 'pause' | 'resume' | 'revoke';
type Key = { keyId: string; name: string };

/** Runs the act and tells its outcome; answers why not, where it was refused. */
export async function changeStatus(team: string, { keyId, name }: Key, what: Act): Promise<string | null> {
  const form = formOf({ keyId });
  if (what === 'resume') {
    const state = await resumeKeyAction(team, idle, form);
    if (state.status !== 'done') return reasonOf(state);
    toast.success(`“${name}” is active again`);
    return null;
  }
  const state = await (what === 'pause' ? pauseKeyAction : revokeKeyAction)(team, idle, form);
  if (state.status !== 'done') return reasonOf(state);
  const receipt = state.value;
  const tell = receipt.confirmed === receipt.gateways ? toast.success : toast.warning;
  tell(what === 'pause' ? `“${name}” is paused` : `“${name}” is revoked`, {
    description: receiptText(receipt),
    duration: 10_000,
    ...(what === 'pause'
      ? { action: { label: 'Undo', onClick: () => void undoPause(team, keyId, name) } }
      : {}),
  });
  return null;
}

async function undoPause(team: string, keyId: string, name: string): Promise<void> {
  const state = await resumeKeyAction(team, idle, formOf({ keyId }));
  if (state.status === 'done') toast.success(`“${name}” is active again`);
  else toast.error(reasonOf(state));
}

const reasonOf = <T>(state: ActionState<T>): string =>
  state.status === 'refused' ? state.message : 'It could not be changed.';
