import type { TesterForm } from '#lib/tester/tester-form.ts';
import type { TesterValues } from '#lib/tester/tester-input.ts';

/** Initial values of a form: its examples, or the values of a past request for fields that still exist. */
export function valuesOf(form: TesterForm, past?: TesterValues): TesterValues {
  const values: TesterValues = { path: {}, query: {}, header: {}, accept: '', contentType: '', body: '' };
  for (const { place, name, initial } of form.fields) {
    const before = past && Object.hasOwn(past[place], name) ? past[place][name] : undefined;
    values[place][name] = past ? (before ?? '') : initial;
  }
  const offered = (list: readonly string[], wanted: string | undefined) =>
    (wanted !== undefined && list.includes(wanted) ? wanted : list[0]) ?? '';
  values.accept = offered(form.accepts, past?.accept);
  if (!form.body) return values;
  values.contentType = offered(form.body.contentTypes, past?.contentType);
  values.body = past ? past.body : (form.body.examples[values.contentType] ?? '');
  return values;
}

export function withValue(
  values: TesterValues,
  place: 'path' | 'query' | 'header',
  name: string,
  text: string,
): TesterValues {
  return { ...values, [place]: { ...values[place], [name]: text } };
}

/** Errors of the sent values whose fields haven't been edited since. */
export function currentErrors(
  fields: Readonly<Record<string, string>>,
  sent: TesterValues | null,
  values: TesterValues,
): Record<string, string> {
  if (!sent) return {};
  return Object.fromEntries(
    Object.entries(fields).filter(([field]) => valueAt(sent, field) === valueAt(values, field)),
  );
}

function valueAt(values: TesterValues, field: string): string | undefined {
  const [place = '', ...name] = field.split(' ');
  if (place === 'path' || place === 'query' || place === 'header') return values[place][name.join(' ')];
  if (place === 'body') return values.contentType + values.body;
  return place === 'accept' ? values.accept : undefined;
}
