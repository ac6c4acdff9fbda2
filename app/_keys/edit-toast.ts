import { toast } from 'sonner';
import type { EditedKey } from './edit-action.ts';
import { receiptText } from './receipt-text.ts';

/** Shows the result of an edit, with the receipt if it removed access. */
export function showEdited(name: string, { changed, receipt }: EditedKey): void {
  if (!changed) return void toast.success('No changes');
  if (!receipt) return void toast.success(`“${name}” saved`);
  const say = receipt.confirmed === receipt.gateways ? toast.success : toast.warning;
  say(`“${name}” saved`, { description: receiptText(receipt, 'Applied'), duration: 10_000 });
}
