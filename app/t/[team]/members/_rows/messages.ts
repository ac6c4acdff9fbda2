import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { activateMemberAction } from '#app/t/[team]/members/actions.ts';
import type { Receipt } from '#lib/access/epoch.ts';

/** Confirms that access was removed, and on how many gateways. */
export function showReceipt(
  title: string,
  receipt: Receipt,
  action?: { label: string; onClick: () => void },
): void {
  const show = receipt.confirmed === receipt.gateways ? toast.success : toast.warning;
  show(title, { description: receiptText(receipt), duration: 10_000, ...(action ? { action } : {}) });
}

/** Reactivates a suspended member. Nothing is lost, so there is no confirmation. */
export async function activate(team: string, memberId: string, name: string): Promise<boolean> {
  const state = await tryAction(() => activateMemberAction(team, idle, formOf({ memberId })));
  if (state.status === 'done') toast.success(`${name} is active again`);
  else toast.error(reasonOf(state));
  return state.status === 'done';
}
