'use client';

import { Badge } from '#app/_components/badge.tsx';
import { SelectField } from '#app/_components/field.tsx';
import type { ReadTesterForm } from '#lib/tester/read-tester-form.ts';
import type { TesterValues } from '#lib/tester/tester-input.ts';
import { BodyField } from './body-field.tsx';
import { withValue } from './form-values.ts';
import { ParameterField } from './parameter-field.tsx';

const PLACES = { path: 'Path', query: 'Query', header: 'Headers' } as const;

type Props = {
  chosen: ReadTesterForm;
  values: TesterValues;
  errors: Readonly<Record<string, string>>;
  onChange: (change: (before: TesterValues) => TesterValues) => void;
};

/** The fields of an endpoint: parameters by place, body and accepted media type. */
export function RequestFields({ chosen: { endpoint, form }, values, errors, onChange }: Props) {
  const merge = (more: Partial<TesterValues>) => onChange((before) => ({ ...before, ...more }));
  return (
    <>
      {(endpoint.deprecated || endpoint.productionOnly) && (
        <p className="flex flex-wrap gap-2">
          {endpoint.deprecated && <Badge tone="warning">Deprecated</Badge>}
          {endpoint.productionOnly && <Badge tone="info">Production only</Badge>}
        </p>
      )}
      {form.fields.length === 0 && !form.body && (
        <p className="text-muted">This operation has no parameters.</p>
      )}
      <ParameterGroups {...{ chosen: { endpoint, form }, values, errors, onChange }} />
      {form.body && (
        <BodyField
          body={form.body}
          contentType={values.contentType}
          value={values.body}
          error={errors.body}
          onChange={merge}
        />
      )}
      {form.unsupported.length > 0 && (
        <p className="text-sm text-muted">
          The tester can’t send bodies of type {form.unsupported.join(', ')}. Use another client for those.
        </p>
      )}
      {form.accepts.length > 1 && (
        <SelectField
          label="Accept"
          name="accept"
          value={values.accept}
          options={form.accepts.map((type) => ({ value: type, label: type }))}
          error={errors.accept ? [errors.accept] : undefined}
          onChange={(event) => merge({ accept: event.target.value })}
        />
      )}
    </>
  );
}

function ParameterGroups({ chosen: { form }, values, errors, onChange }: Props) {
  return (['path', 'query', 'header'] as const).map((place) => {
    const fields = form.fields.filter((field) => field.place === place);
    if (fields.length === 0) return null;
    return (
      <fieldset key={place} className="flex min-w-0 flex-col gap-4">
        <legend className="mb-2 text-sm font-medium text-muted">{PLACES[place]}</legend>
        {fields.map((field) => (
          <ParameterField
            key={field.name}
            field={field}
            value={values[place][field.name] ?? ''}
            error={errors[`${place} ${field.name}`]}
            onChange={(text) => onChange((before) => withValue(before, place, field.name, text))}
          />
        ))}
      </fieldset>
    );
  });
}
