'use client';

import type { ComponentProps } from 'react';
import { useFormStatus } from 'react-dom';
import { type ButtonSize, type ButtonVariant, buttonStyle } from './button-style.ts';
import { useGuard } from './guarded-button.tsx';
import { Spinner } from './spinner.tsx';

/**
 * Submits its form. While the action runs it keeps the focus, says `pendingLabel` and sends nothing twice. A dangerous
 * one does nothing for half a second after it appears.
 */
export function SubmitButton({
  pendingLabel,
  variant = 'primary',
  size = 'md',
  className,
  children,
  onClick,
  ...rest
}: ComponentProps<'button'> & { pendingLabel?: string; variant?: ButtonVariant; size?: ButtonSize }) {
  const { pending } = useFormStatus();
  const ready = useGuard() || variant !== 'danger';
  return (
    <button
      {...rest}
      type="submit"
      aria-disabled={pending || !ready || undefined}
      aria-busy={pending || undefined}
      onClick={(event) => (pending || !ready ? event.preventDefault() : onClick?.(event))}
      className={buttonStyle(variant, size, className)}
    >
      {pending && <Spinner />}
      {pending && pendingLabel ? pendingLabel : children}
    </button>
  );
}
