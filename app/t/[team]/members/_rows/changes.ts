import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { activateMemberAction } from '#app/t/[team]/members/actions.ts';
import type { Receipt } from '#lib/access/epoch.ts';

/** Tells that access was taken away, and how far that has travelled. */
export function tellReceipt(
  title: string,
  receipt: Receipt,
  action?: { label: string; onClick: () => void },
): void {
  const tell = receipt.confirmed === receipt.gateways ? toast.success : toast.warning;
  tell(title, { description: receiptText(receipt), duration: 10_000, ...(action ? { action } : {}) });
}

/** Lets a suspended member in again; it harms nobody, so nothing is asked first. */
export async function activate(team: string, memberId: string, name: string): Promise<void> {
  const state = await tryAction(() => activateMemberAction(team, idle, formOf({ memberId })));
  if (state.status === 'done') toast.success(`${name} is active again`);
  else toast.error(reasonOf(state));
}
