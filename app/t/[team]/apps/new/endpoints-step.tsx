'use client';

import type { Dispatch, SetStateAction } from 'react';
import type { ActionState } from '#app/_actions/action-state.ts';
import { Button } from '#app/_components/button.tsx';
import { FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { EndpointPicker } from '#app/t/[team]/apps/_endpoints/endpoint-picker.tsx';
import type { EndpointApi } from '#app/t/[team]/apps/_endpoints/group-endpoints.ts';
import { PickerFooter } from '#app/t/[team]/apps/_endpoints/picker-footer.tsx';
import type { Selection } from '#app/t/[team]/apps/_endpoints/selection.ts';

export function EndpointsStep<T>({
  state,
  action,
  details,
  apis,
  selected,
  setSelected,
  onBack,
}: {
  state: ActionState<T>;
  action: (form: FormData) => void;
  details: { title: string; description: string };
  apis: EndpointApi[];
  selected: Selection;
  setSelected: Dispatch<SetStateAction<Selection>>;
  onBack: () => void;
}) {
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <FormMessage state={state} inFull />
      <input type="hidden" name="title" value={details.title} />
      <input type="hidden" name="description" value={details.description} />
      <input type="hidden" name="endpointIds" value={[...selected].join(',')} />
      <EndpointPicker apis={apis} selected={selected} setSelected={setSelected} />
      <PickerFooter count={selected.size}>
        <Button onClick={onBack}>Back</Button>
        <SubmitButton state={state} pendingLabel="Generating keys…">
          Connect and Generate Keys
        </SubmitButton>
      </PickerFooter>
    </form>
  );
}
