import type { ReactNode } from 'react';

export type FieldBasics = {
  label: string;
  name: string;
  /** Errors from the action, shown below the control. */
  error?: string[] | undefined;
  hint?: ReactNode;
  /** Appends " (optional)" to the label. */
  optional?: boolean;
};

/** The attributes that connect a control with its hint and errors. */
export function described(id: string, { error, hint }: Pick<FieldBasics, 'error' | 'hint'>) {
  const ids = [error?.length ? `${id}-error` : null, hint ? `${id}-hint` : null].filter(Boolean).join(' ');
  return {
    id,
    'aria-invalid': error?.length ? true : undefined,
    'aria-describedby': ids || undefined,
  };
}

/** Label, control, then errors and hint. */
export function FieldFrame({
  id,
  label,
  optional,
  error,
  hint,
  children,
}: Omit<FieldBasics, 'name'> & { id: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="w-fit font-medium">
        {label}
        {optional && <span className="font-normal text-faint"> (optional)</span>}
      </label>
      {children}
      <FieldNotes id={id} error={error} hint={hint} />
    </div>
  );
}

export function FieldNotes({ id, error, hint }: Pick<FieldBasics, 'error' | 'hint'> & { id: string }) {
  return (
    <>
      {error?.length ? (
        <p id={`${id}-error`} className="text-sm break-words whitespace-pre-line text-danger">
          {error.join('\n')}
        </p>
      ) : null}
      {hint ? (
        <div id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </div>
      ) : null}
    </>
  );
}
