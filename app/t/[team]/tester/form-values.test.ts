import { expect, test } from 'vitest';
import type { TesterForm } from '#lib/tester/tester-form.ts';
import { currentErrors, valuesOf, withValue } from './form-values.ts';

const field = (name: string, initial: string): TesterForm['fields'][number] => ({
  ...{ place: 'query', name, required: true, description: '', type: 'string', facts: [], kind: 'text' },
  ...{ options: [], initial, placeholder: '' },
});
const form: TesterForm = {
  fields: [field('q', 'example'), field('new', 'x')],
  accepts: ['application/json', '*/*'],
  body: {
    required: false,
    description: '',
    contentTypes: ['application/json'],
    examples: { 'application/json': '{}' },
  },
  unsupported: [],
};

test('a form starts with its examples', () => {
  expect(valuesOf(form)).toEqual({
    ...{ path: {}, query: { q: 'example', new: 'x' }, header: {} },
    ...{ accept: 'application/json', contentType: 'application/json', body: '{}' },
  });
});

test('a past request fills only the fields that still exist', () => {
  const past = {
    ...{ path: { gone: '1' }, query: { q: 'before', gone: '2' }, header: {} },
    ...{ accept: 'text/csv', contentType: 'text/plain', body: '' },
  };
  expect(valuesOf(form, past)).toEqual({
    ...{ path: {}, query: { q: 'before', new: '' }, header: {} },
    ...{ accept: 'application/json', contentType: 'application/json', body: '' },
  });
});

test('an error is shown until its value changes', () => {
  const sent = valuesOf(form);
  const fields = { 'query q': 'wrong', body: 'wrong too' };
  expect(currentErrors(fields, sent, sent)).toEqual(fields);
  expect(currentErrors(fields, sent, withValue(sent, 'query', 'q', 'better'))).toEqual({ body: 'wrong too' });
  expect(currentErrors(fields, null, sent)).toEqual({});
});
