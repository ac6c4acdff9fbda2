'use client';

import { SelectField, TextAreaField, TextField } from '#app/_components/field.tsx';
import { InlineMarkdown } from '#app/_docs/markdown.tsx';
import type { TesterField } from '#lib/tester/tester-form.ts';

/** One parameter: a select if the document lists its values, one line per item for a list, otherwise a text field. */
export function ParameterField({
  field,
  value,
  error,
  onChange,
}: {
  field: TesterField;
  value: string;
  error: string | undefined;
  onChange: (text: string) => void;
}) {
  const { name, kind, required, placeholder } = field;
  const common = {
    label: name,
    name: `${field.place}.${name}`,
    value,
    optional: !required,
    error: error ? [error] : undefined,
    hint: <Hint field={field} />,
    'aria-required': required || undefined,
  };
  if (kind === 'choice' || kind === 'boolean') {
    const options = field.options.map((option) => ({ value: option, label: option }));
    return (
      <SelectField
        {...common}
        options={[{ value: '', label: required ? 'Choose a value' : 'Not sent' }, ...options]}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  if (kind === 'list' || kind === 'map' || kind === 'json') {
    return (
      <TextAreaField
        {...common}
        placeholder={placeholder}
        rows={2}
        spellCheck={false}
        className="min-h-14! font-mono text-sm"
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  return (
    <TextField
      {...common}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      inputMode={kind === 'integer' || kind === 'number' ? 'decimal' : undefined}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function Hint({ field }: { field: TesterField }) {
  const how = field.kind === 'list' ? ['one value per line'] : field.kind === 'map' ? ['a JSON object'] : [];
  return (
    <>
      {[field.type, ...field.facts, ...how].join(' · ')}
      {field.description && (
        <span className="line-clamp-3 break-words">
          <InlineMarkdown text={field.description} />
        </span>
      )}
    </>
  );
}
