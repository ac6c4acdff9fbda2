'use client';

import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { SelectField, TextAreaField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { editTeamAction } from './actions.ts';

const INTERVALS = ['30', '60', '90', '180'];

type General = { team: string; name: string; description: string; reviewDays: number };

export function GeneralForm({ team, name, description, reviewDays }: General) {
  const [state, action] = useFormAction(async (before: ActionState, form: FormData) => {
    const next = await editTeamAction(team, before, form);
    if (next.status === 'done') toast.success('Settings saved');
    return next;
  }, idle);
  // Keeps an interval that isn't one of the choices.
  const intervals = INTERVALS.includes(String(reviewDays)) ? INTERVALS : [String(reviewDays), ...INTERVALS];
  return (
    // The keys reset the fields to the saved values and keep the focus on the button.
    <form action={action} noValidate className="flex max-w-[560px] flex-col gap-4">
      <FormMessage state={state} />
      <TextField
        key={`name ${name}`}
        label="Team name"
        name="name"
        required
        maxLength={60}
        autoComplete="off"
        defaultValue={name}
        error={errorsOf(state, 'name')}
      />
      <TextAreaField
        key={`description ${description}`}
        label="Description"
        name="description"
        optional
        maxLength={500}
        defaultValue={description}
        error={errorsOf(state, 'description')}
      />
      <SelectField
        key={reviewDays}
        label="Membership review"
        name="reviewDays"
        defaultValue={String(reviewDays)}
        options={intervals.map((value) => ({ value, label: `Every ${value} days` }))}
        hint="We email owners when a review is due."
        error={errorsOf(state, 'reviewDays')}
      />
      <div>
        <SubmitButton state={state} pendingLabel="Saving…">
          Save settings
        </SubmitButton>
      </div>
    </form>
  );
}
