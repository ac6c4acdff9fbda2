'use client';

import type { ComponentProps } from 'react';

/** A form that navigates, once its fields can be read: what is wrong stands beside them, in no bubble. */
export function FilterForm(
  props: Omit<ComponentProps<'form'>, 'noValidate' | 'onSubmit'> & { action: string },
) {
  return (
    <form
      {...props}
      noValidate
      onSubmit={(event) => isReadable(event.currentTarget) || event.preventDefault()}
    />
  );
}

/** Whether the browser can read every field. Each `CheckedField` that it can't says so; the first takes the focus. */
export function isReadable(form: HTMLFormElement): boolean {
  const readable = form.checkValidity();
  if (!readable) form.querySelector<HTMLElement>(':invalid')?.focus();
  return readable;
}
