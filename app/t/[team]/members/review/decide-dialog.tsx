'use client';

import { useId, useState } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import type { ReviewedPerson } from '#lib/reviews/read-review.ts';
import { decideReviewAction } from './actions.ts';

/** The decisions that remove access. */
export type Removal = 'suspend' | 'remove';

export function DecideDialog({
  team,
  reviewId,
  person: { memberId, name },
  decision,
  onClose,
}: {
  team: string;
  reviewId: string;
  person: ReviewedPerson;
  decision: Removal;
  onClose: () => void;
}) {
  const [revoke, setRevoke] = useState(false);
  const id = useId();
  const removes = decision === 'remove';

  async function decide() {
    const applicationKeys = removes && revoke ? 'revoke' : 'keep';
    const form = formOf({ reviewId, memberId, decision, applicationKeys });
    const state = await decideReviewAction(team, idle, form);
    if (state.status !== 'done') return state;
    const receipt = state.value;
    const show = !receipt || receipt.confirmed === receipt.gateways ? toast.success : toast.warning;
    show(removes ? `${name} was removed` : `${name} is suspended`, {
      ...(receipt ? { description: receiptText(receipt) } : {}),
      duration: 10_000,
    });
    return state;
  }

  return (
    <DangerDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={removes ? `Remove ${name}?` : `Suspend ${name}?`}
      description={
        removes
          ? `${name} loses access to the team, and their own API key is permanently revoked. Their activity stays in the logs.`
          : `${name} loses access to this team, and requests with their own API key are rejected, until someone reactivates them.`
      }
      confirmLabel={removes ? 'Remove' : 'Suspend'}
      onConfirm={decide}
    >
      {removes && (
        <div className="flex items-start gap-2.5">
          <input
            id={id}
            type="checkbox"
            checked={revoke}
            onChange={(event) => setRevoke(event.target.checked)}
            className="mt-0.5 size-4 shrink-0 rounded-sm accent-(--background-color-accent)"
          />
          <label htmlFor={id}>Also revoke the app keys that {name} created</label>
        </div>
      )}
    </DangerDialog>
  );
}
