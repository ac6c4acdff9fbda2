import { toast } from 'sonner';
import type { EditedKey } from './edit-action.ts';
import { receiptText } from './receipt-text.ts';

/** Says what became of an edit, and how far it has travelled where it took something away. */
export function tellEdit(name: string, { changed, receipt }: EditedKey): void {
  if (!changed) return void toast.success('Nothing to change: it is so already');
  if (!receipt) return void toast.success(`“${name}” is saved`);
  const say = receipt.confirmed === receipt.gateways ? toast.success : toast.warning;
  say(`“${name}” is saved`, { description: receiptText(receipt, 'In force'), duration: 10_000 });
}
