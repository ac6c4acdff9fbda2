'use client';

import { useActionState, useEffect } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { runJobAction } from './actions.ts';

export function RunButton({ name, title }: { name: string; title: string }) {
  const [state, action] = useActionState(runJobAction, idle);
  useEffect(() => {
    if (state.status === 'done') toast.success(`“${title}” starts within seconds`);
    if (state.status === 'refused') toast.error(state.message);
  }, [state, title]);
  return (
    <form action={action} noValidate>
      <input type="hidden" name="name" value={name} />
      <SubmitButton variant="secondary" size="sm" pendingLabel="Asking…">
        Run now <span className="sr-only">({title})</span>
      </SubmitButton>
    </form>
  );
}
