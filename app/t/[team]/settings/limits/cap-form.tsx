'use client';

import { useId } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { setAppCapAction, setMemberCapAction } from './actions.ts';

/** The daily limit of one app or member, in the row that shows today's usage. */
export function CapForm({
  team,
  of,
  id,
  name,
  dailyCap,
}: {
  team: string;
  of: 'app' | 'member';
  id: string;
  name: string;
  dailyCap: number | null;
}) {
  const errorId = useId();
  const [state, action] = useFormAction(async (before: ActionState<Receipt | null>, form: FormData) => {
    const next = await (of === 'app' ? setAppCapAction : setMemberCapAction)(team, before, form);
    if (next.status === 'done')
      next.value
        ? toast.success(
            form.get('dailyCap') ? `Daily limit of ${name} saved` : `Daily limit of ${name} removed`,
            {
              description: receiptText(next.value, 'Applied'),
            },
          )
        : toast.info('No changes to save');
    if (next.status === 'refused') toast.error(next.message);
    return next;
  }, idle);
  const error = errorsOf(state, 'dailyCap');
  return (
    <form action={action} noValidate className="flex items-start gap-2">
      <input type="hidden" name={of === 'app' ? 'appId' : 'memberId'} value={id} />
      <div>
        <input
          key={dailyCap}
          name="dailyCap"
          inputMode="numeric"
          autoComplete="off"
          defaultValue={dailyCap ?? ''}
          placeholder="No cap"
          aria-label={`Daily limit of ${name}`}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? errorId : undefined}
          className="control w-32! text-right tabular-nums"
        />
        {error && (
          <p id={errorId} role="alert" className="mt-1 text-sm text-danger">
            {error.join(' ')}
          </p>
        )}
        <div className="hidden">
          <FormMessage state={state} />
        </div>
      </div>
      <SubmitButton
        state={state}
        variant="secondary"
        size="sm"
        pendingLabel="Saving…"
        aria-label={`Save limit of ${name}`}
      >
        Save
      </SubmitButton>
    </form>
  );
}
