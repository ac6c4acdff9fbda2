'use client';

import { toast } from 'sonner';
import { SubmitButton } from '../../../_components/submit-button.tsx';
import { idle } from '../../../action-state.ts';
import { formOf } from '../apps/_keys/form-of.ts';
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
