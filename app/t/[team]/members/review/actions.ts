'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { DecideReview, decideReview } from '#lib/reviews/decide-review.ts';
import { finishReview } from '#lib/reviews/finish-review.ts';
import { OneReview } from '#lib/reviews/input.ts';
import { startReview } from '#lib/reviews/start-review.ts';

const refresh = () => revalidatePath('/t/[team]/members', 'layout');

const REFUSED = {
  already_open: 'Someone else just started a review. Reload the page.',
  not_open: 'This review is already finished.',
  not_found: 'This member is no longer in the team.',
  self: 'You can’t suspend or remove yourself.',
} as const;

export const startReviewAction = memberAction(z.object({}), async (context) => {
  const started = await startReview(context);
  refresh();
  return started.ok
    ? { status: 'done', value: undefined }
    : { status: 'refused', message: REFUSED[started.reason] };
});

export const decideReviewAction = memberAction<typeof DecideReview, Receipt | null>(
  DecideReview,
  async (context, input) => {
    const decided = await decideReview(context, input);
    refresh();
    return decided.ok
      ? { status: 'done', value: decided.receipt }
      : { status: 'refused', message: REFUSED[decided.reason] };
  },
);

export const finishReviewAction = memberAction(OneReview, async (context, input) => {
  const finished = await finishReview(context, input);
  refresh();
  if (finished.ok) return { status: 'done', value: undefined };
  return {
    status: 'refused',
    message:
      finished.reason === 'undecided'
        ? `Decide about every member first: ${finished.count} left.`
        : REFUSED[finished.reason],
  };
});
