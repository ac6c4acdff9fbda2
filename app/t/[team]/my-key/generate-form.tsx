'use client';

import { KeyRound } from 'lucide-react';

import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { SelectField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { ENVIRONMENTS } from '#app/_keys/environments.ts';
import type { Issued } from '#app/_keys/issued.ts';
import { generateOwnKeyAction } from './actions.ts';

/** Shown before the first key. */
export function GenerateForm({ team, onIssued }: { team: string; onIssued: (issued: Issued) => void }) {
  const [state, action] = useFormAction(async (before: ActionState<Issued>, form: FormData) => {
    const next = await generateOwnKeyAction(team, before, form);
    if (next.status === 'done') onIssued(next.value);
    return next;
  }, idle);
  return (
    <EmptyState
      icon={<KeyRound />}
      title="Generate your API key"
      description="Only you see its secret. You can restrict it to your IP addresses and replace it at any time. Owners and admins can pause or revoke it."
      action={
        <form action={action} noValidate className="flex w-72 max-w-full flex-col gap-4 text-left">
          <FormMessage state={state} />
          <SelectField
            label="Environment"
            name="environment"
            options={ENVIRONMENTS}
            defaultValue="development"
            error={errorsOf(state, 'environment')}
          />
          <SubmitButton state={state} pendingLabel="Generating…">
            Generate API Key
          </SubmitButton>
        </form>
      }
    />
  );
}
