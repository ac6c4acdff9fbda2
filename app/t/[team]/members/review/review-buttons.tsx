'use client';

import { useState } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { Button } from '#app/_components/button.tsx';
import { ConfirmDialog } from '#app/_components/danger-dialog.tsx';
import { finishReviewAction, startReviewAction } from './actions.ts';

export function StartReview({ team }: { team: string }) {
  const [pending, setPending] = useState(false);
  async function start() {
    setPending(true);
    try {
      const state = await tryAction(() => startReviewAction(team, idle, formOf({})));
      if (state.status === 'done') toast.success('Review started. Decide about each member.');
      else toast.error(reasonOf(state));
    } finally {
      setPending(false);
    }
  }
  return (
    <Button variant="primary" pending={pending} onClick={start}>
      Start review
    </Button>
  );
}

export function FinishReview({
  team,
  reviewId,
  undecided,
}: {
  team: string;
  reviewId: string;
  undecided: number;
}) {
  async function finish() {
    const state = await finishReviewAction(team, idle, formOf({ reviewId }));
    if (state.status === 'done') toast.success('Review finished');
    return state;
  }
  if (undecided > 0)
    return (
      <Button variant="primary" disabled title={`Decide about every member first: ${undecided} left`}>
        Finish review
      </Button>
    );
  return (
    <ConfirmDialog
      trigger={<Button variant="primary">Finish review</Button>}
      title="Finish the membership review?"
      description="Decisions stay in the history and can’t be changed afterwards."
      confirmLabel="Finish review"
      onConfirm={finish}
    />
  );
}
