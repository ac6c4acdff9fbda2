'use client';

import { type MouseEvent, useTransition } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { Button } from '#app/_components/button.tsx';
import { markReportedAction, markUpdatedAction, reopenAction } from '#app/t/[team]/incidents/actions.ts';

const ACTIONS = {
  updated: {
    run: markUpdatedAction,
    label: 'Mark all as updated',
    done: 'All apps are marked as updated',
  },
  reported: {
    run: markReportedAction,
    label: 'Mark as reported',
    done: 'The incident is marked as reported',
  },
  reopen: { run: reopenAction, label: 'Reopen', done: 'The incident is open again' },
} as const;

/** A step that takes one click. */
export function OneClick({
  team,
  incidentId,
  act,
}: {
  team: string;
  incidentId: string;
  act: keyof typeof ACTIONS;
}) {
  const [pending, start] = useTransition();
  const { run, label, done } = ACTIONS[act];
  const click = ({ currentTarget }: MouseEvent<HTMLButtonElement>) => {
    // The button disappears afterwards, so its container takes the focus.
    const place = currentTarget.closest<HTMLElement>('li, main');
    start(async () => {
      const state = await tryAction(() => run(team, idle, formOf({ incidentId })));
      if (state.status === 'done') {
        toast.success(done);
        place?.focus();
      } else toast.error(reasonOf(state));
    });
  };
  return (
    <Button pending={pending} onClick={click}>
      {label}
    </Button>
  );
}
