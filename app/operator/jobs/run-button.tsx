'use client';

import { useEffect } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { runJobAction } from './actions.ts';

export function RunButton({ name, title }: { name: string; title: string }) {
  const [state, action] = useFormAction(runJobAction, idle);
  useEffect(() => {
    if (state.status === 'done') toast.success(`“${title}” will start within seconds`);
    if (state.status === 'refused') toast.error(state.message);
  }, [state, title]);
  return (
    <form action={action} noValidate>
      <input type="hidden" name="name" value={name} />
      <SubmitButton state={state} variant="secondary" size="sm" pendingLabel="Starting…">
        Run now <span className="sr-only">({title})</span>
      </SubmitButton>
    </form>
  );
}
