'use client';

import { type ComponentProps, useState } from 'react';
import { TextField } from './field.tsx';

/** A field that no action looks at: once the browser has checked the form and can't read it, it says `wrong`. */
export function CheckedField({
  wrong,
  reads,
  unread = false,
  ...field
}: Omit<ComponentProps<typeof TextField>, 'error'> & {
  wrong: string;
  /** Tells what is filled in and readable, where no pattern can. */
  reads?: (text: string) => boolean;
  /** The page was asked with what can't be read: it is said from the beginning. */
  unread?: boolean;
}) {
  const [error, setError] = useState(unread ? [wrong] : undefined);
  const check = (input: HTMLInputElement | null) => {
    if (reads) input?.setCustomValidity(input.value === '' || reads(input.value) ? '' : wrong);
  };
  return (
    <TextField
      {...field}
      ref={check}
      error={error}
      onInvalid={() => setError([wrong])}
      onInput={(event) => {
        check(event.currentTarget);
        setError(undefined);
      }}
      // Emptying a date that was half typed is no input to the browser.
      onBlur={(event) => event.currentTarget.validity.valid && setError(undefined)}
    />
  );
}
