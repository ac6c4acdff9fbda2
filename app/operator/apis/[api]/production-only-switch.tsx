'use client';

import { useOptimistic, useTransition } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { Switch } from '#app/_components/switch.tsx';
import { setProductionOnlyAction } from './production-only-action.ts';

/** Whether only Production keys can use an endpoint. */
export function ProductionOnlySwitch({
  endpointId,
  endpoint,
  productionOnly,
}: {
  endpointId: string;
  endpoint: string;
  productionOnly: boolean;
}) {
  const [shown, show] = useOptimistic(productionOnly);
  const [pending, start] = useTransition();
  function set(wanted: boolean) {
    start(async () => {
      show(wanted);
      const form = new FormData();
      form.set('endpointId', endpointId);
      form.set('productionOnly', String(wanted));
      const state = await tryAction(() => setProductionOnlyAction(idle, form));
      if (state.status !== 'done') return void toast.error(reasonOf(state));
      if (!wanted) return void toast.success(`${endpoint} accepts keys of every environment`);
      const receipt = state.value;
      toast.success(`${endpoint} only accepts Production keys`, {
        ...(receipt
          ? { description: `Applied on ${receipt.confirmed} of ${receipt.gateways} gateways.` }
          : {}),
      });
    });
  }
  return (
    <span className="flex items-center gap-2">
      <Switch
        checked={shown}
        onCheckedChange={set}
        disabled={pending}
        label={`Production only: ${endpoint}`}
      />
      <span className="text-sm text-muted">{shown ? 'Yes' : 'No'}</span>
    </span>
  );
}
