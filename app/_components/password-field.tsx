'use client';

import { clsx } from 'clsx';
import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, useId, useState } from 'react';
import { IconButton } from './button.tsx';
import { described, type FieldBasics, FieldFrame } from './field-frame.tsx';

/** A password field with a button that reveals it. Pasting and password managers work (ASVS 6.2.6, 6.2.7). */
export function PasswordField({
  label,
  error,
  hint,
  optional,
  className,
  ...rest
}: Omit<ComponentProps<'input'>, keyof FieldBasics | 'type'> & FieldBasics) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <FieldFrame {...{ id, label, error, hint, optional: optional ?? false }}>
      <div className="relative">
        <input
          spellCheck={false}
          autoCapitalize="off"
          {...rest}
          {...described(id, { error, hint })}
          type={shown ? 'text' : 'password'}
          className={clsx('control pr-10', className)}
        />
        <IconButton
          label={shown ? 'Hide password' : 'Show password'}
          aria-controls={id}
          onClick={() => setShown(!shown)}
          className="absolute top-0.5 right-0.5 mt-px h-7.5!"
        >
          <Icon aria-hidden="true" />
        </IconButton>
      </div>
    </FieldFrame>
  );
}
