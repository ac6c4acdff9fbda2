'use client';

import { useState } from 'react';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import type { LimitsImpact } from '#lib/teams/retention.ts';
import type { Confirmable } from './impact.ts';
import { ImpactDialog } from './impact-dialog.tsx';

/**
 * A form action that can ask for confirmation. Render `dialog` outside the form. The form keeps its fields while the dialog
 * is open; confirming sends the same fields again with the name.
 */
export function useConfirmedAction<T>(
  send: (before: ActionState<Confirmable<T>>, form: FormData) => Promise<ActionState<Confirmable<T>>>,
  onDone: (value: T) => void,
) {
  const [asked, setAsked] = useState<{ impact: LimitsImpact; form: FormData } | null>(null);
  const [state, action] = useFormAction<Confirmable<T>>(async (before, form) => {
    const next = await send(before, form);
    if (next.status !== 'done') return next;
    if (next.value.impact) {
      setAsked({ impact: next.value.impact, form });
      return idle;
    }
    onDone(next.value);
    return next;
  }, idle);

  async function confirm(impact: LimitsImpact, form: FormData): Promise<ActionState<unknown>> {
    form.set('confirm', impact.subject);
    const next = await send(idle, form);
    if (next.status !== 'done') return next;
    if (next.value.impact)
      return { status: 'refused', message: 'The name has changed. Close this dialog and save again.' };
    onDone(next.value);
    return next;
  }

  const dialog = asked && (
    <ImpactDialog
      impact={asked.impact}
      onClose={() => setAsked(null)}
      onConfirm={() => confirm(asked.impact, asked.form)}
    />
  );
  return { state, action, dialog };
}
