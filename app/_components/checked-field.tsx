'use client';

import { type ComponentProps, useState } from 'react';
import { TextField } from './field.tsx';

/** A field that the browser validates instead of an action. If the value is invalid, it shows `wrong`. */
export function CheckedField({
  wrong,
  reads,
  unread = false,
  ...field
}: Omit<ComponentProps<typeof TextField>, 'error'> & {
  wrong: string;
  /** Whether a value is valid, where a pattern isn't enough. */
  reads?: (text: string) => boolean;
  /** The URL had an invalid value: the error is shown from the start. */
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
      // Browsers fire no input event when an incomplete date is cleared.
      onBlur={(event) => event.currentTarget.validity.valid && setError(undefined)}
    />
  );
}
