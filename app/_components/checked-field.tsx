'use client';

import { type ComponentProps, useState } from 'react';
import { TextField } from './field.tsx';

/** A field that no action looks at: once the browser has checked the form and can't read it, it says `wrong`. */
export function CheckedField({
  wrong,
  ...field
}: Omit<ComponentProps<typeof TextField>, 'error'> & { wrong: string }) {
  const [error, setError] = useState<string[]>();
  return (
    <TextField
      {...field}
      error={error}
      onInvalid={() => setError([wrong])}
      onInput={() => setError(undefined)}
      // Emptying a date that was half typed is no input to the browser.
      onBlur={(event) => event.currentTarget.validity.valid && setError(undefined)}
    />
  );
}
