'use client';

import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { Button } from '#app/_components/button.tsx';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { formatCount } from '#lib/format.ts';
import { endNowAction } from './actions.ts';

/** Revokes a rotated key before it expires. `waiting`: callers that have not used the new key. */
export function EndNow({
  team,
  credential,
  waiting,
}: {
  team: string;
  credential: { keyId: string; name: string };
  waiting: number;
}) {
  const { keyId, name } = credential;
  async function end() {
    const state = await endNowAction(team, idle, formOf({ keyId }));
    if (state.status !== 'done') return state;
    const receipt = state.value;
    const show = receipt.confirmed === receipt.gateways ? toast.success : toast.warning;
    show(`“${name}” is revoked`, { description: receiptText(receipt), duration: 10_000 });
    return state;
  }
  return (
    <DangerDialog
      trigger={<Button variant="danger">End now</Button>}
      title={`End “${name}” now?`}
      description={
        <div className="flex flex-col gap-2">
          <p>Requests with this key are rejected immediately. This can’t be undone.</p>
          <p className="text-ink">
            {waiting === 0
              ? 'All callers of the last 30 days have moved to the new key.'
              : `${formatCount(waiting, 'caller')} ${waiting === 1 ? 'hasn’t' : 'haven’t'} used the new key yet. Their requests will fail.`}
          </p>
        </div>
      }
      confirmLabel="End now"
      onConfirm={end}
    />
  );
}
