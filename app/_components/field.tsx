import { clsx } from 'clsx';
import { ChevronDown } from 'lucide-react';
import { type ComponentProps, useId } from 'react';
import { described, type FieldBasics, FieldFrame, FieldNotes } from './field-frame.tsx';

export { PasswordField } from './password-field.tsx';

type Control<Tag extends 'input' | 'textarea' | 'select'> = Omit<ComponentProps<Tag>, keyof FieldBasics> &
  FieldBasics;

export function TextField({ label, error, hint, optional, className, ...rest }: Control<'input'>) {
  const id = useId();
  return (
    <FieldFrame {...{ id, label, error, hint, optional: optional ?? false }}>
      <input
        type="text"
        {...rest}
        {...described(id, { error, hint })}
        className={clsx('control', className)}
      />
    </FieldFrame>
  );
}

export function TextAreaField({ label, error, hint, optional, className, ...rest }: Control<'textarea'>) {
  const id = useId();
  return (
    <FieldFrame {...{ id, label, error, hint, optional: optional ?? false }}>
      <textarea
        rows={3}
        {...rest}
        {...described(id, { error, hint })}
        className={clsx('control field-sizing-content max-h-80 min-h-20', className)}
      />
    </FieldFrame>
  );
}

export function SelectField({
  label,
  options,
  error,
  hint,
  optional,
  className,
  ...rest
}: Control<'select'> & { options: readonly { value: string; label: string }[] }) {
  const id = useId();
  return (
    <FieldFrame {...{ id, label, error, hint, optional: optional ?? false }}>
      <div className="relative">
        <select
          {...rest}
          {...described(id, { error, hint })}
          className={clsx('control appearance-none pr-9', className)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-muted"
        />
      </div>
    </FieldFrame>
  );
}

export function CheckboxField({ label, error, hint, optional, className, ...rest }: Control<'input'>) {
  const id = useId();
  return (
    <div className={clsx('flex items-start gap-2.5', className)}>
      <input
        {...rest}
        {...described(id, { error, hint })}
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 rounded-sm accent-(--background-color-accent)"
      />
      <div className="flex flex-col gap-0.5">
        <label htmlFor={id}>
          {label}
          {optional && <span className="text-faint"> (optional)</span>}
        </label>
        <FieldNotes id={id} error={error} hint={hint} />
      </div>
    </div>
  );
}
