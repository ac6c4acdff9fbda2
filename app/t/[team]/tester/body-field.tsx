'use client';

import { useDeferredValue } from 'react';
import { Button } from '#app/_components/button.tsx';
import { SelectField, TextAreaField } from '#app/_components/field.tsx';
import { jsonProblem } from '#lib/tester/json-problem.ts';
import type { TesterForm } from '#lib/tester/tester-form.ts';
import type { TesterValues } from '#lib/tester/tester-input.ts';

/** The request body: its type if there are several, and its text, which is validated if it's JSON. */
export function BodyField({
  body,
  contentType,
  value,
  error,
  onChange,
}: {
  body: NonNullable<TesterForm['body']>;
  contentType: string;
  value: string;
  error: string | undefined;
  onChange: (more: Partial<Pick<TesterValues, 'body' | 'contentType'>>) => void;
}) {
  const isJson = /[/+]json\b/i.test(contentType);
  const checked = useDeferredValue(value);
  const problem = isJson && checked.trim() !== '' ? jsonProblem(checked) : null;
  const shown = problem ?? error;
  const example = body.examples[contentType] ?? '';

  function changeType(next: string) {
    // An unedited example becomes the example of the new type.
    onChange(
      value === example ? { contentType: next, body: body.examples[next] ?? '' } : { contentType: next },
    );
  }

  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-2 text-sm font-medium text-muted">Body</legend>
      {body.contentTypes.length > 1 && (
        <SelectField
          label="Content type"
          name="contentType"
          value={contentType}
          options={body.contentTypes.map((type) => ({ value: type, label: type }))}
          onChange={(event) => changeType(event.target.value)}
        />
      )}
      <div className="flex min-w-0 flex-col gap-2">
        <TextAreaField
          label="Request body"
          name="body"
          value={value}
          optional={!body.required}
          error={shown ? [shown] : undefined}
          hint={body.contentTypes.length === 1 ? contentType : undefined}
          rows={6}
          spellCheck={false}
          autoComplete="off"
          className="font-mono text-sm"
          onChange={(event) => onChange({ body: event.target.value })}
        />
        <div className="flex flex-wrap gap-2">
          {isJson && (
            <Button
              size="sm"
              disabled={value.trim() === '' || jsonProblem(value) !== null}
              onClick={() => onChange({ body: JSON.stringify(JSON.parse(value), null, 2) })}
            >
              Format
            </Button>
          )}
          {example !== '' && value !== example && (
            <Button size="sm" onClick={() => onChange({ body: example })}>
              Use example
            </Button>
          )}
        </div>
      </div>
    </fieldset>
  );
}
