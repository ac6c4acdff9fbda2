import { useId } from 'react';
import { FieldNotes } from '#app/_components/field-frame.tsx';

/** Radio buttons, each with an explanation. */
export function ChoiceField({
  label,
  name,
  options,
  defaultValue,
  error,
}: {
  label: string;
  name: string;
  options: readonly { value: string; label: string; hint: string }[];
  defaultValue: string;
  error?: string[] | undefined;
}) {
  const id = useId();
  return (
    <fieldset className="flex flex-col gap-1.5" aria-describedby={error?.length ? `${id}-error` : undefined}>
      <legend className="mb-1.5 font-medium">{label}</legend>
      <div className="divide-y divide-line rounded-lg border border-line">
        {options.map((option) => (
          <label
            key={option.value}
            className="flex cursor-pointer items-start gap-3 px-3.5 py-2.5 has-checked:bg-sunken"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              defaultChecked={option.value === defaultValue}
              aria-describedby={`${id}-${option.value}`}
              className="mt-0.5 size-4 shrink-0 accent-(--background-color-accent)"
            />
            <span className="min-w-0">
              {option.label}
              <span id={`${id}-${option.value}`} className="block text-sm text-muted" aria-hidden="true">
                {option.hint}
              </span>
            </span>
          </label>
        ))}
      </div>
      <FieldNotes id={id} error={error} />
    </fieldset>
  );
}
