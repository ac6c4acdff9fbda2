'use client';

import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { Button } from '#app/_components/button.tsx';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { endNowAction } from './actions.ts';

/** Ends a rotated key before its time. `waiting`: callers that have not been seen on the new key. */
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
    const tell = receipt.confirmed === receipt.gateways ? toast.success : toast.warning;
    tell(`“${name}” is revoked`, { description: receiptText(receipt), duration: 10_000 });
    return state;
  }
  return (
    <DangerDialog
      trigger={<Button variant="danger">End now</Button>}
      title={`End “${name}” now?`}
      description={
        <div className="flex flex-col gap-2">
          <p>Calls with it are refused from now on, for ever.</p>
          <p className="text-ink">
            {waiting === 0
              ? 'No caller of the last 30 days is still waiting to move to the new key.'
              : `${waiting} ${waiting === 1 ? 'caller has' : 'callers have'} not been seen with the new key: their calls will fail.`}
          </p>
        </div>
      }
      confirmLabel="End now"
      onConfirm={end}
    />
  );
}
