'use client';

import type { ComponentProps } from 'react';

/** A form that navigates if its fields are valid. Errors appear next to the fields, not in browser bubbles. */
export function FilterForm(
  props: Omit<ComponentProps<'form'>, 'noValidate' | 'onSubmit'> & { action: string },
) {
  return (
    <form
      {...props}
      noValidate
      onSubmit={(event) => isValid(event.currentTarget) || event.preventDefault()}
    />
  );
}

/** Whether all fields are valid. Each invalid `CheckedField` shows its error, and the first gets the focus. */
export function isValid(form: HTMLFormElement): boolean {
  const valid = form.checkValidity();
  if (!valid) form.querySelector<HTMLElement>(':invalid')?.focus();
  return valid;
}
