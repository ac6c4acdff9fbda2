'use client';

import { type MouseEvent, useTransition } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { Button } from '#app/_components/button.tsx';
import { markReportedAction, markUpdatedAction, reopenAction } from '#app/t/[team]/incidents/actions.ts';

const ACTS = {
  updated: {
    run: markUpdatedAction,
    label: 'Mark all as updated',
    said: 'All applications are marked as updated',
  },
  reported: {
    run: markReportedAction,
    label: 'Mark as reported',
    said: 'The incident is marked as reported',
  },
  reopen: { run: reopenAction, label: 'Reopen', said: 'The incident is open again' },
} as const;

/** A step that takes one click and harms nothing. */
export function OneClick({
  team,
  incidentId,
  act,
}: {
  team: string;
  incidentId: string;
  act: keyof typeof ACTS;
}) {
  const [pending, start] = useTransition();
  const { run, label, said } = ACTS[act];
  const click = ({ currentTarget }: MouseEvent<HTMLButtonElement>) => {
    // The button goes once it is done: what it stood in takes the focus.
    const place = currentTarget.closest<HTMLElement>('li, main');
    start(async () => {
      const state = await run(team, idle, formOf({ incidentId }));
      if (state.status === 'done') {
        toast.success(said);
        place?.focus();
      } else toast.error(state.status === 'refused' ? state.message : 'It could not be changed.');
    });
  };
  return (
    <Button pending={pending} onClick={click}>
      {label}
    </Button>
  );
}
