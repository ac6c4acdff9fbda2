'use client';

import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { markReadAction } from './actions.ts';

export function MarkAll({ team }: { team: string }) {
  async function mark() {
    const state = await markReadAction(team, idle, formOf({}));
    if (state.status === 'done') toast.success('All notifications are marked as read');
    else toast.error('They could not be marked as read.');
  }
  return (
    <form action={mark} noValidate>
      <SubmitButton variant="secondary" pendingLabel="Marking…">
        Mark all as read
      </SubmitButton>
    </form>
  );
}
