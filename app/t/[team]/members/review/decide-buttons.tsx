'use client';

import { useState } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { Badge } from '#app/_components/badge.tsx';
import { Button } from '#app/_components/button.tsx';
import type { ReviewedPerson } from '#lib/reviews/read-review.ts';
import { decideReviewAction } from './actions.ts';
import type { Removal } from './decide-dialog.tsx';

const DECIDED = {
  keep: { tone: 'success', word: 'Kept' },
  suspend: { tone: 'warning', word: 'Suspended' },
  remove: { tone: 'danger', word: 'Removed' },
} as const;

/** The decision about a member, and buttons to change it. */
export function DecideButtons({
  team,
  reviewId,
  person,
  canSuspend,
  canRemove,
  onRemoval,
}: {
  team: string;
  reviewId: string;
  person: ReviewedPerson;
  canSuspend: boolean;
  canRemove: boolean;
  onRemoval: (decision: Removal) => void;
}) {
  const [pending, setPending] = useState(false);
  const { decision, memberId, name, status } = person;

  async function keep() {
    setPending(true);
    try {
      const form = formOf({ reviewId, memberId, decision: 'keep' });
      const state = await tryAction(() => decideReviewAction(team, idle, form));
      if (state.status === 'done') toast.success(`${name} stays in the team`);
      else toast.error(reasonOf(state));
    } finally {
      setPending(false);
    }
  }

  return (
    <div className="flex flex-wrap items-center gap-2">
      {decision && <Badge tone={DECIDED[decision].tone}>{DECIDED[decision].word}</Badge>}
      {status !== 'removed' && (
        <>
          {decision !== 'keep' && (
            <Button size="sm" pending={pending} aria-label={`Keep ${name}`} onClick={keep}>
              Keep
            </Button>
          )}
          {canSuspend && decision !== 'suspend' && (
            <Button size="sm" aria-label={`Suspend ${name}`} onClick={() => onRemoval('suspend')}>
              Suspend
            </Button>
          )}
          {canRemove && (
            <Button size="sm" aria-label={`Remove ${name}`} onClick={() => onRemoval('remove')}>
              Remove
            </Button>
          )}
        </>
      )}
    </div>
  );
}
