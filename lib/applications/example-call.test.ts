import { expect, test } from 'vitest';
import { type CallableEndpoint, easiestToCall, exampleCall } from './example-call.ts';

const endpoint = (values: Partial<CallableEndpoint>): CallableEndpoint => ({
  apiSlug: 'weather',
  method: 'GET',
  path: '/cities',
  deprecated: false,
  parameters: [],
  requestBody: null,
  ...values,
});

test('path parameters come from the document’s examples and are encoded', () => {
  const parameters = [
    { in: 'path', name: 'city', required: true, schema: { type: 'string' }, example: "St. John's" },
  ];

  expect(exampleCall(endpoint({ path: '/cities/{city}', parameters })).path).toBe(
    '/weather/cities/St.%20John%27s',
  );
});

test.each([
  [{ examples: { one: { value: 'a' } } }, 'a'],
  [{ schema: { example: 'b' } }, 'b'],
  [{ schema: { examples: ['c', 'd'] } }, 'c'],
  [{ schema: { default: 7 } }, '7'],
  [{ schema: { enum: ['e', 'f'] } }, 'e'],
  [{ schema: { type: 'integer' } }, '1'],
  [{ schema: { type: ['integer', 'null'], minimum: 5 } }, '5'],
  [{ schema: { type: 'string', format: 'date' } }, '2026-01-01'],
  [{}, 'example'],
])('a parameter given as %j becomes %s', (given, value) => {
  const parameters = [{ in: 'path', name: 'id', required: true, ...given }];

  expect(exampleCall(endpoint({ path: '/things/{id}', parameters })).path).toBe(`/weather/things/${value}`);
});

test('required query and header parameters are included, others omitted', () => {
  const parameters = [
    { in: 'query', name: 'unit', required: true, example: 'C & F' },
    { in: 'query', name: 'page', example: 2 },
    { in: 'header', name: 'X-Region', required: true, example: 'eu' },
    { in: 'header', name: 'Bad Name', required: true, example: 'no' },
  ];

  expect(exampleCall(endpoint({ parameters }))).toEqual({
    method: 'GET',
    path: '/weather/cities?unit=C%20%26%20F',
    headers: { 'X-Region': 'eu' },
    body: null,
  });
});

test('a POST includes the example of its JSON body', () => {
  const requestBody = { content: { 'application/json': { example: { name: 'Oslo' } } } };

  expect(exampleCall(endpoint({ method: 'POST', requestBody }))).toMatchObject({
    headers: { 'Content-Type': 'application/json' },
    body: '{"name":"Oslo"}',
  });
});

test('a parameter that isn’t in the document gets a value too', () => {
  expect(exampleCall(endpoint({ path: '/a/{b}/c', parameters: 'nonsense' })).path).toBe(
    '/weather/a/example/c',
  );
});

test('a GET without parameters comes before one with parameters, and any GET before a POST', () => {
  const post = endpoint({ method: 'POST' });
  const old = endpoint({ deprecated: true });
  const invented = endpoint({ path: '/{a}', parameters: [{ in: 'path', name: 'a', required: true }] });
  const given = endpoint({
    path: '/{b}',
    parameters: [{ in: 'path', name: 'b', required: true, example: 'x' }],
  });
  const plain = endpoint({});

  expect(easiestToCall([post, old, invented, given, plain])).toBe(plain);
  expect(easiestToCall([post, old, invented, given])).toBe(given);
  expect(easiestToCall([post, old, invented])).toBe(invented);
  expect(easiestToCall([post, old])).toBe(old);
  expect(easiestToCall([post])).toBe(post);
  expect(easiestToCall([])).toBeNull();
});
