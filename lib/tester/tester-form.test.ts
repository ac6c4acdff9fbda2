import { expect, test } from 'vitest';
import type { Json } from '#lib/catalog/json-value.ts';
import { operationShape } from '#lib/catalog/operation-shape.ts';
import { testerForm } from './tester-form.ts';

function form(operation: Json) {
  const root: Json = { paths: { '/x': { post: operation } } };
  const shape = operationShape(root, {
    method: 'POST',
    path: '/x',
    parameters: [],
    requestBody: null,
    responses: {},
  });
  return testerForm(root, shape);
}

test('a required field starts with an example; an optional one is empty with an example as placeholder', () => {
  const { fields } = form({
    parameters: [
      { name: 'id', in: 'query', required: true, schema: { type: 'integer', minimum: 3 } },
      { name: 'units', in: 'query', schema: { enum: ['metric', 'imperial'] } },
      { name: 'tags', in: 'query', required: true, schema: { type: 'array', example: ['a', 'b'] } },
      { name: 'Authorization', in: 'header', schema: {} },
      { name: 'session', in: 'cookie', schema: {} },
    ],
  });
  expect(
    fields.map(({ name, kind, initial, placeholder }) => ({ name, kind, initial, placeholder })),
  ).toEqual([
    { name: 'id', kind: 'integer', initial: '3', placeholder: '' },
    { name: 'units', kind: 'choice', initial: '', placeholder: 'metric' },
    { name: 'tags', kind: 'list', initial: 'a\nb', placeholder: 'a' },
  ]);
  expect(fields[1]?.options).toEqual(['metric', 'imperial']);
});

test('a body has an example for each content type; unsupported types are listed', () => {
  const schema = {
    type: 'object',
    required: ['a'],
    properties: { a: { type: 'string' }, b: { type: 'integer' } },
  };
  const { body, unsupported } = form({
    requestBody: {
      content: {
        'application/json': { schema },
        'application/x-www-form-urlencoded': { schema, example: { a: 'x y', b: 1 } },
        'multipart/form-data': { schema },
      },
    },
  });
  expect(body?.examples).toEqual({
    'application/json': '{\n  "a": "string"\n}',
    'application/x-www-form-urlencoded': 'a=x%20y&b=1',
  });
  expect(unsupported).toEqual(['multipart/form-data']);
});

test('a body of any type offers JSON and plain text', () => {
  expect(form({ requestBody: { content: { '*/*': { schema: {} } } } }).body?.contentTypes).toEqual([
    'application/json',
    'text/plain',
  ]);
});
