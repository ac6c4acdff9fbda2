'use client';

import { useState } from 'react';
import { strengthInWords } from '#lib/accounts/password-rules.ts';
import { PasswordField } from '../_components/field.tsx';

/** A new password, with its strength said in words while it is typed. */
export function NewPasswordField({ label, error }: { label: string; error: string[] | undefined }) {
  const [password, setPassword] = useState('');
  return (
    <PasswordField
      label={label}
      name="password"
      autoComplete="new-password"
      required
      error={error}
      hint={strengthInWords(password)}
      onChange={(event) => setPassword(event.target.value)}
    />
  );
}
