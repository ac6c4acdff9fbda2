'use client';

import { type ReactNode, useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import type { Issued } from '#app/_keys/issued.ts';
import { IssuedDialog } from '#app/_keys/issued-dialog.tsx';
import { replaceKeyAction } from '#app/t/[team]/incidents/actions.ts';

/**
 * The form for the replacement, or the replacement (`children`). The dialog with the new pair is above both, because the
 * page changes from one to the other while it is open.
 */
export function Replacement({
  team,
  incidentId,
  suggestedName,
  children,
}: {
  team: string;
  incidentId: string;
  /** Null if none can be generated here. */
  suggestedName: string | null;
  children: ReactNode;
}) {
  const [issued, setIssued] = useState<Issued | null>(null);
  const [state, action] = useFormAction(async (before: ActionState<Issued | null>, form: FormData) => {
    const next = await replaceKeyAction(team, before, form);
    if (next.status === 'done' && next.value) setIssued(next.value);
    if (next.status === 'done' && !next.value) toast.success('It was already replaced by another key');
    return next;
  }, idle);
  return (
    <>
      {suggestedName === null ? (
        children
      ) : (
        <form action={action} noValidate className="flex max-w-[560px] flex-col items-start gap-4">
          <FormMessage state={state} />
          <input type="hidden" name="incidentId" value={incidentId} />
          <div className="w-full">
            <TextField
              label="Name of the new key"
              name="name"
              optional
              autoComplete="off"
              placeholder={suggestedName}
              error={errorsOf(state, 'name')}
              hint="It has the same app, environment, restrictions and limits. Its secret is shown once."
            />
          </div>
          <SubmitButton state={state} pendingLabel="Generating…">
            Generate replacement
          </SubmitButton>
        </form>
      )}
      {issued && (
        <IssuedDialog
          key={issued.keys.keyId}
          issued={issued}
          description={null}
          onClose={() => setIssued(null)}
        />
      )}
    </>
  );
}
