'use client';

import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { type EditedKey, editKeyAction } from '#app/_keys/edit-action.ts';
import { showEdited } from '#app/_keys/edit-toast.ts';

export function DailyLimitForm({
  team,
  credential,
}: {
  team: string;
  credential: { keyId: string; name: string; dailyLimit: number | null };
}) {
  const { keyId, name, dailyLimit } = credential;
  const [state, action] = useFormAction(async (before: ActionState<EditedKey>, form: FormData) => {
    const next = await editKeyAction(team, before, form);
    if (next.status === 'done') showEdited(name, next.value);
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} />
      <input type="hidden" name="keyId" value={keyId} />
      <div className="max-w-72">
        <TextField
          label="Daily limit"
          name="dailyLimit"
          optional
          inputMode="numeric"
          autoComplete="off"
          defaultValue={dailyLimit === null ? '' : String(dailyLimit)}
          error={errorsOf(state, 'dailyLimit')}
          hint="Requests per UTC day. Leave empty for no limit."
        />
      </div>
      <div className="flex justify-end">
        <SubmitButton state={state} pendingLabel="Saving…">
          Save daily limit
        </SubmitButton>
      </div>
    </form>
  );
}
