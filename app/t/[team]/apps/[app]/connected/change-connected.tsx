'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { LinkButton } from '#app/_components/button.tsx';
import { FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { EndpointPicker } from '#app/t/[team]/apps/_endpoints/endpoint-picker.tsx';
import type { EndpointApi } from '#app/t/[team]/apps/_endpoints/group-endpoints.ts';
import { PickerFooter } from '#app/t/[team]/apps/_endpoints/picker-footer.tsx';
import type { Selection } from '#app/t/[team]/apps/_endpoints/selection.ts';
import { connectEndpointsAction } from '#app/t/[team]/apps/[app]/actions.ts';
import type { Receipt } from '#lib/access/epoch.ts';

type Changed = { added: number; removed: number; receipt: Receipt | null };

export function ChangeConnected({
  team,
  app,
  apis,
  connected,
  backHref,
}: {
  team: string;
  app: { appId: string; title: string };
  apis: EndpointApi[];
  connected: string[];
  backHref: string;
}) {
  const router = useRouter();
  const [selected, setSelected] = useState<Selection>(() => new Set(connected));
  const [state, action] = useFormAction(async (before: ActionState<Changed>, form: FormData) => {
    const next = await connectEndpointsAction(team, before, form);
    if (next.status === 'done') {
      const { added, removed, receipt } = next.value;
      toast.success(`${app.title}: ${added} connected, ${removed} disconnected`, {
        ...(receipt ? { description: receiptText(receipt) } : {}),
      });
      router.push(backHref);
    }
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-4">
      <h2 className="text-lg font-semibold">Change the endpoints of {app.title}</h2>
      <FormMessage state={state} inFull />
      <input type="hidden" name="appId" value={app.appId} />
      <input type="hidden" name="endpointIds" value={[...selected].join(',')} />
      <EndpointPicker apis={apis} selected={selected} setSelected={setSelected} />
      <PickerFooter count={selected.size}>
        <LinkButton href={backHref}>Cancel</LinkButton>
        <SubmitButton state={state} pendingLabel="Saving…">
          Save
        </SubmitButton>
      </PickerFooter>
    </form>
  );
}
