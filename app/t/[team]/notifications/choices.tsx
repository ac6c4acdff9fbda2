'use client';

import { useId, useOptimistic, useTransition } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { Switch } from '#app/_components/switch.tsx';
import { NOTIFICATION_LABELS } from '#lib/notifications/kinds.ts';
import type { NotificationChoice } from '#lib/notifications/settings.ts';
import { setNotificationsAction } from './actions.ts';

const WAYS = [
  { way: 'shown', label: 'In Latchkey' },
  { way: 'mailed', label: 'Email' },
] as const;

/** The member's notification settings. Changes are saved immediately. */
export function Choices({ team, choices }: { team: string; choices: readonly NotificationChoice[] }) {
  return (
    <ul className="divide-y divide-line">
      {choices.map((choice) => (
        <li
          key={choice.kind}
          className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3 first:pt-0 last:pb-0"
        >
          <div className="min-w-0 flex-1 basis-64">
            <p className="font-medium">{NOTIFICATION_LABELS[choice.kind].label}</p>
            <p className="text-muted">{NOTIFICATION_LABELS[choice.kind].description}</p>
          </div>
          <div className="flex gap-6">
            {WAYS.map(({ way, label }) => (
              <Way key={way} team={team} choice={choice} way={way} label={label} />
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Way({
  team,
  choice,
  way,
  label,
}: {
  team: string;
  choice: NotificationChoice;
  way: 'shown' | 'mailed';
  label: string;
}) {
  const id = useId();
  const [on, setOn] = useOptimistic(choice[way]);
  const [, startTransition] = useTransition();
  const kind = NOTIFICATION_LABELS[choice.kind].label;
  function set(next: boolean) {
    startTransition(async () => {
      setOn(next);
      const form = formOf({ kind: choice.kind, way, on: String(next) });
      const state = await tryAction(() => setNotificationsAction(team, idle, form));
      if (state.status === 'done')
        toast.success(`${kind} ${way === 'shown' ? 'in Latchkey' : 'by email'}: ${next ? 'on' : 'off'}`);
      else toast.error(reasonOf(state));
    });
  }
  return (
    <div className="flex items-center gap-2">
      <Switch id={id} label={`${kind}: ${label.toLowerCase()}`} checked={on} onCheckedChange={set} />
      <label htmlFor={id} className="text-muted">
        {label}
      </label>
    </div>
  );
}
