'use client';

import { CircleAlert } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ActionState } from '#app/_actions/action-state.ts';

import { restoreDraft } from './form-draft.ts';

export { errorsOf } from './errors-of.ts';

/**
 * The summary above a form's fields: why it was rejected, or how many fields to correct. It takes the focus. `inFull`
 * lists the errors, for forms with only hidden fields. Always put it inside the form: it also keeps the entries, because
 * React resets a form after its action, whatever the outcome.
 */
export function FormMessage<T>({ state, inFull = false }: { state: ActionState<T>; inFull?: boolean }) {
  const root = useRef<HTMLDivElement>(null);
  const canReset = useRef(false);

  useEffect(() => {
    const form = root.current?.closest('form');
    const keep = (event: Event) => {
      if (event.target === form && !canReset.current) event.preventDefault();
    };
    form?.addEventListener('reset', keep);
    if (form) restoreDraft(form);
    return () => form?.removeEventListener('reset', keep);
  }, []);

  useEffect(() => {
    if (state.status === 'invalid' || state.status === 'refused') root.current?.focus();
    if (state.status !== 'done') return;
    canReset.current = true;
    root.current?.closest('form')?.reset();
    canReset.current = false;
  }, [state]);

  const message = inFull ? (errorsInFull(state) ?? messageOf(state)) : messageOf(state);
  return (
    <div
      ref={root}
      tabIndex={-1}
      role={message ? 'alert' : undefined}
      hidden={!message}
      className="rounded-lg"
    >
      <div className="flex items-start gap-2.5 rounded-lg border border-danger/40 bg-danger-soft px-3 py-2.5 text-danger">
        <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
        <p>{message}</p>
      </div>
    </div>
  );
}

function errorsInFull<T>(state: ActionState<T>): string | null {
  if (state.status !== 'invalid') return null;
  const errors = Object.values(state.fields).flatMap((messages) => messages ?? []);
  return errors.length > 0 ? errors.join(' ') : null;
}

function messageOf<T>(state: ActionState<T>): string | null {
  if (state.status === 'refused') return state.message;
  if (state.status !== 'invalid') return null;
  const count = Object.values(state.fields).filter((errors) => errors?.length).length;
  return count === 1 ? 'One field needs your attention.' : `${count} fields need your attention.`;
}
