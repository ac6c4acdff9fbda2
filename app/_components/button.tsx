import Link from 'next/link';
import type { ComponentProps } from 'react';
import { type ButtonSize, type ButtonVariant, buttonStyle } from './button-style.ts';
import { Spinner } from './spinner.tsx';

type Look = { variant?: ButtonVariant; size?: ButtonSize };

/** A button. `pending` shows a spinner and disables it. In a form, use `SubmitButton`. */
export function Button({
  variant = 'secondary',
  size = 'md',
  pending = false,
  type = 'button',
  disabled,
  className,
  children,
  ...rest
}: ComponentProps<'button'> & Look & { pending?: boolean }) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled || pending}
      aria-busy={pending || undefined}
      className={buttonStyle(variant, size, className)}
    >
      {pending && <Spinner />}
      {children}
    </button>
  );
}

/** A link that looks like a button. It navigates and changes nothing. */
export function LinkButton({
  variant = 'secondary',
  size = 'md',
  className,
  ...rest
}: ComponentProps<typeof Link> & Look) {
  return <Link {...rest} className={buttonStyle(variant, size, className)} />;
}

/** A square button with only an icon. `label` is its accessible name. */
export function IconButton({
  label,
  variant = 'ghost',
  size = 'sm',
  type = 'button',
  className,
  ...rest
}: ComponentProps<'button'> & Look & { label: string }) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      className={buttonStyle(
        variant,
        size,
        `${size === 'sm' ? 'w-8' : 'w-9'} px-0! [&_svg]:size-4! ${className ?? ''}`,
      )}
    />
  );
}
