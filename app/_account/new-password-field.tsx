'use client';

import { useState } from 'react';
import { PasswordField } from '#app/_components/field.tsx';
import { strengthInWords } from '#lib/accounts/password-rules.ts';

/** A new password. Its strength is described while it's typed, and only once if the error has the same text. */
export function NewPasswordField({ label, error }: { label: string; error: string[] | undefined }) {
  const [password, setPassword] = useState('');
  const strength = strengthInWords(password);
  return (
    <PasswordField
      label={label}
      name="password"
      autoComplete="new-password"
      required
      error={error}
      hint={error?.includes(strength) ? undefined : strength}
      onChange={(event) => setPassword(event.target.value)}
    />
  );
}
