'use client';

import { useEffect, useId } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { setDailyQuotaAction } from '#app/operator/actions.ts';
import { formatCount } from '#lib/format.ts';

export function QuotaForm({
  teamId,
  teamName,
  dailyQuota,
}: {
  teamId: string;
  teamName: string;
  dailyQuota: number;
}) {
  const errorId = useId();
  const [state, action] = useFormAction(setDailyQuotaAction, idle);
  const [error] = errorsOf(state, 'dailyQuota') ?? [];
  useEffect(() => {
    if (state.status === 'done')
      toast.success(`Daily quota of ${teamName} set to ${formatCount(state.value, 'request')}`);
    if (state.status === 'refused') toast.error(state.message);
  }, [state, teamName]);
  return (
    <form action={action} noValidate className="flex items-start gap-2">
      <input type="hidden" name="teamId" value={teamId} />
      <div>
        <input
          key={dailyQuota}
          name="dailyQuota"
          inputMode="numeric"
          defaultValue={dailyQuota}
          aria-label={`Daily quota of ${teamName}`}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? errorId : undefined}
          className="control w-32! text-right tabular-nums"
        />
        {error && (
          <p id={errorId} role="alert" className="mt-1 text-sm text-danger">
            {error}
          </p>
        )}
        <div className="hidden">
          <FormMessage state={state} />
        </div>
      </div>
      <SubmitButton state={state} variant="secondary" size="sm" pendingLabel="Saving…">
        Save
      </SubmitButton>
    </form>
  );
}
