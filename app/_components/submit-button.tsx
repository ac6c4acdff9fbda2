'use client';

import type { ComponentProps, MouseEvent } from 'react';
import { useFormStatus } from 'react-dom';
import type { ActionState } from '#app/_actions/action-state.ts';
import { type ButtonSize, type ButtonVariant, buttonStyle } from './button-style.ts';
import { saveDraft } from './form-draft.ts';
import { useGuard } from './guarded-button.tsx';
import { Spinner } from './spinner.tsx';

type Props = ComponentProps<'button'> & {
  /** The state of the form's action. If it couldn't be reached, the button shows it and sends the form again. */
  state: ActionState<unknown>;
  pendingLabel?: string;
  variant?: ButtonVariant;
  size?: ButtonSize;
};

/**
 * Submits its form. While the action runs it keeps the focus, shows `pendingLabel` and doesn't submit twice. A danger
 * button ignores clicks for half a second after it appears.
 */
export function SubmitButton({
  state,
  pendingLabel,
  variant = 'primary',
  size = 'md',
  className,
  children,
  onClick,
  ...rest
}: Props) {
  const { pending } = useFormStatus();
  const ready = useGuard() || variant !== 'danger';
  const failed = state.status === 'failed' && !pending ? state : null;
  const reloads = failed?.next === 'reload';

  function click(event: MouseEvent<HTMLButtonElement>) {
    if (pending || !ready) event.preventDefault();
    else if (reloads) {
      event.preventDefault();
      reload(event.currentTarget.form);
    } else onClick?.(event);
  }

  return (
    <>
      {failed && (
        <p role="alert" data-failure="" className="text-danger">
          {failed.message}
        </p>
      )}
      <button
        {...rest}
        // A separate label would hide the button's text after a failure.
        aria-label={failed ? undefined : rest['aria-label']}
        type="submit"
        aria-disabled={pending || !ready || undefined}
        aria-busy={pending || undefined}
        onClick={click}
        className={buttonStyle(variant, size, className)}
      >
        {pending && <Spinner />}
        {pending && pendingLabel ? pendingLabel : reloads ? 'Reload page' : failed ? 'Try again' : children}
      </button>
    </>
  );
}

function reload(form: HTMLFormElement | null): void {
  if (form) saveDraft(form);
  window.location.reload();
}
