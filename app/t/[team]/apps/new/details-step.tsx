'use client';

import type { ActionState } from '#app/_actions/action-state.ts';
import { LinkButton } from '#app/_components/button.tsx';
import { TextAreaField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';

type Details = { title: string; description: string };

export function DetailsStep({
  state,
  action,
  details,
  setDetails,
  cancelHref,
}: {
  state: ActionState;
  action: (form: FormData) => void;
  details: Details;
  setDetails: (details: Details) => void;
  cancelHref: string;
}) {
  return (
    <form action={action} noValidate className="flex max-w-[560px] flex-col gap-5">
      <FormMessage state={state} />
      <TextField
        label="Title"
        name="title"
        required
        autoComplete="off"
        value={details.title}
        onChange={(event) => setDetails({ ...details, title: event.target.value })}
        error={errorsOf(state, 'title')}
        hint="What your team calls it, such as “Storefront”."
      />
      <TextAreaField
        label="Description"
        name="description"
        value={details.description}
        onChange={(event) => setDetails({ ...details, description: event.target.value })}
        error={errorsOf(state, 'description')}
        hint="What it does and who maintains it."
        className="min-h-20"
      />
      <div className="flex justify-end gap-2">
        <LinkButton href={cancelHref}>Cancel</LinkButton>
        <SubmitButton state={state} pendingLabel="Checking…">
          Next
        </SubmitButton>
      </div>
    </form>
  );
}
