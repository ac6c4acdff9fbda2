import { expect, test } from 'vitest';
import type { Json } from '#lib/catalog/json-value.ts';
import { operationShape } from '#lib/catalog/operation-shape.ts';
import { readTarget } from '#lib/gateway/target.ts';
import { buildCall } from './build-call.ts';
import type { TesterValues } from './tester-input.ts';

const none: TesterValues = { path: {}, query: {}, header: {}, accept: '', contentType: '', body: '' };

/** Builds a request for one operation, given as in its document. */
function build(path: string, operation: Json, values: Partial<TesterValues> = {}, method = 'GET') {
  const root: Json = { paths: { [path]: { [method.toLowerCase()]: operation } } };
  const shape = operationShape(root, { method, path, parameters: [], requestBody: null, responses: {} });
  return buildCall(root, { apiSlug: 'weather', method, path, shape }, { ...none, ...values });
}
const param = (name: string, place: string, more: Json = {}) => ({
  name,
  in: place,
  schema: { type: 'string' },
  ...more,
});
const city = { parameters: [param('city', 'path', { required: true })] };
const targetOf = (built: ReturnType<typeof build>) => (built.ok ? built.call.target : built.fields);
const query = (schema: Json, value: string, more: Json = {}) =>
  targetOf(
    build('/x', { parameters: [{ name: 'q', in: 'query', schema, ...more }] }, { query: { q: value } }),
  );

test.each([
  ['plain', 'lisbon', 'lisbon'],
  ['a space and an accent', 'São Paulo', 'S%C3%A3o%20Paulo'],
  ['another script', '東京', '%E6%9D%B1%E4%BA%AC'],
  ['an emoji', '🌧', '%F0%9F%8C%A7'],
  [
    'characters with a meaning in shells or URLs',
    `a'b!c(d)*e&f=g+h:i@j,k`,
    'a%27b%21c%28d%29%2Ae%26f%3Dg%2Bh%3Ai%40j%2Ck',
  ],
  ['dots inside', 'a..b', 'a..b'],
  ['a slash', 'a/b', 'a%2Fb'],
  ['what a path can’t contain', 'a;b?c#d%e', 'a%3Bb%3Fc%23d%25e'],
  ['what looks encoded', '%2f', '%252f'],
  ['surrounding spaces', '  lisbon ', 'lisbon'],
])('a path value is one segment that the gateway accepts: %s', (_name, value, encoded) => {
  const built = build('/cities/{city}', city, { path: { city: value } });
  expect(targetOf(built)).toBe(`/weather/cities/${encoded}`);
  expect(readTarget(`/weather/cities/${encoded}`)).toMatchObject({
    api: 'weather',
    path: `/cities/${encoded}`,
  });
});

test.each([
  '..',
  '.',
  ' .. ',
  '../../secret',
  'a/../b',
  '..;a',
  '%252e%252e',
  'a\\b',
  '%2e%2e',
  'a\r\nb',
  'a\u007f',
])('a path value that could change the path is rejected: %j', (value) => {
  expect(build('/cities/{city}', city, { path: { city: value } })).toEqual({
    ok: false,
    fields: { 'path city': expect.any(String) },
  });
});

test('a value that looks like a template or a replacement pattern is used as is', () => {
  const two = { parameters: [param('a', 'path'), param('b', 'path')] };
  expect(targetOf(build('/{a}/{b}', two, { path: { a: '{b}', b: '$&' } }))).toBe('/weather/%7Bb%7D/%24%26');
});

test('a required value is validated, even if only the path template names it', () => {
  expect(targetOf(build('/cities/{city}', { parameters: [] }))).toEqual({
    'path city': 'Enter a value.',
  });
  expect(targetOf(build('/x', { parameters: [param('q', 'query', { required: true })] }))).toEqual({
    'query q': 'Enter a value.',
  });
});

test.each([
  ['a text', { type: 'string' }, 'a b&c', {}, 'q=a%20b%26c'],
  ['a list, exploded by default', { type: 'array', items: {} }, 'a\n\n b \nc,d', {}, 'q=a&q=b&q=c%2Cd'],
  ['a comma-separated list', { type: 'array' }, 'a\nb', { explode: false }, 'q=a,b'],
  ['a pipe-separated list', { type: 'array' }, 'a\nb', { style: 'pipeDelimited' }, 'q=a%7Cb'],
  [
    'a deep object',
    { type: 'object' },
    '{"a":1,"b c":"d"}',
    { style: 'deepObject' },
    'q%5Ba%5D=1&q%5Bb%20c%5D=d',
  ],
  ['an exploded object', { type: 'object' }, '{"a":1,"b":true}', {}, 'a=1&b=true'],
  ['a comma-separated object', { type: 'object' }, '{"a":1}', { explode: false }, 'q=a,1'],
  ['an integer', { type: 'integer' }, '-7', {}, 'q=-7'],
  ['a boolean', { type: 'boolean' }, 'false', {}, 'q=false'],
  ['a choice', { enum: ['a', 2] }, '2', {}, 'q=2'],
])('a query value: %s', (_name, schema, value, more, expected) => {
  expect(query(schema, value, more)).toBe(`/weather/x?${expected}`);
});

test.each([
  ['a whole number', { type: 'integer' }, '1.5'],
  ['a number', { type: 'number' }, 'many'],
  ['true or false', { type: 'boolean' }, 'yes'],
  ['one of the values', { enum: ['a', 'b'] }, 'c'],
  ['an object', { type: 'object' }, '[1]'],
])('a value that isn’t %s is reported for its field', (_name, schema, value) => {
  expect(query(schema, value)).toEqual({ 'query q': expect.any(String) });
});

test('values for unknown parameters are rejected', () => {
  const built = build('/x', {}, { query: { other: '1' }, header: { 'X-Evil': '1' }, path: { y: '1' } });
  expect(Object.keys(targetOf(built))).toEqual(['path y', 'query other', 'header X-Evil']);
});

test.each([
  'Authorization',
  'authorization',
  'Host',
  'Cookie',
  'X-Latchkey-Ticket',
  'x-latchkey-team',
  'X-API-Key',
  'X-Secret-Key',
  'X-Shared-Key',
  'X-Forwarded-For',
  'Connection',
  'Transfer-Encoding',
  'Content-Length',
  'Origin',
  'Referer',
  'Proxy-Authorization',
  'X-Request-Id',
  'Sec-Fetch-Site',
  'Upgrade',
  'X-HTTP-Method-Override',
  'X_Latchkey_Ticket',
  'bad name',
])('a reserved header is rejected even if the document declares it: %s', (name) => {
  const built = build('/x', { parameters: [param(name, 'header')] }, { header: { [name]: 'x' } });
  expect(built).toEqual({ ok: false, fields: { [`header ${name}`]: expect.any(String) } });
});

test('a header parameter is sent, trimmed', () => {
  const built = build(
    '/x',
    { parameters: [param('X-Trace', 'header')] },
    { header: { 'X-Trace': ' one two ' } },
  );
  expect(built.ok && built.call.headers).toEqual([
    ['X-Trace', 'one two'],
    ['Accept', '*/*'],
  ]);
});

test.each(['a\r\nX-Evil: 1', 'a\nb', 'é', 'a\u0000'])(
  'a header value can’t inject another header: %j',
  (value) => {
    const built = build('/x', { parameters: [param('X-Trace', 'header')] }, { header: { 'X-Trace': value } });
    expect(built).toEqual({ ok: false, fields: { 'header X-Trace': expect.any(String) } });
  },
);

test('Accept and Content-Type must be in the document', () => {
  const operation = {
    requestBody: { content: { 'application/json': {} } },
    responses: { 200: { content: { 'application/json': {}, 'text/csv': {} } } },
  };
  const good = build(
    '/x',
    operation,
    { accept: 'text/csv', contentType: 'application/json', body: '{"a":1}' },
    'POST',
  );
  expect(good.ok && good.call).toEqual({
    method: 'POST',
    target: '/weather/x',
    headers: [
      ['Accept', 'text/csv'],
      ['Content-Type', 'application/json'],
    ],
    body: '{"a":1}',
  });
  const bad = build('/x', operation, { accept: 'a/b\r\nx: y', contentType: 'text/plain', body: 'x' }, 'POST');
  expect(bad).toMatchObject({ ok: false, fields: { accept: expect.any(String), body: expect.any(String) } });
});

test('a body must be valid JSON for a JSON type, present if required, and absent if not accepted', () => {
  const operation = { requestBody: { required: true, content: { 'application/json': {} } } };
  const fields = (body: string, given: Json = operation) =>
    targetOf(build('/x', given, { contentType: 'application/json', body }, 'POST'));
  expect(fields('{"a":')).toEqual({ body: expect.stringContaining('Invalid JSON') });
  expect(fields('')).toEqual({ body: 'Enter a body.' });
  expect(fields('{}', {})).toEqual({ body: 'The operation doesn’t accept a body.' });
});

test('a URL longer than the gateway accepts is rejected', () => {
  expect(query({ type: 'string' }, 'é'.repeat(3_000))).toEqual({ '': expect.stringContaining('too long') });
});

test.each([
  ['/files/{+path}', 'path', 'a/b c', '/weather/files/a/b%20c'],
  ['/files/{path*}', 'path', 'a/b', '/weather/files/a/b'],
  ['/{proxy+}', 'proxy', 'a/b', '/weather/a/b'],
  ['/{proxy+}', 'proxy+', 'a/b', '/weather/a/b'],
  ['/v1/{name=projects/*}:stop', 'name', 'projects/p', '/weather/v1/projects/p:stop'],
  ['/a{;v}', 'v', '2', '/weather/a;v=2'],
  ['/a/{id}{?q}', 'id', '1', '/weather/a/1'],
  ['/a/{id}?beta=true', 'id', '1', '/weather/a/1?beta=true'],
  ['/a/{id}#get', 'id', '1', '/weather/a/1'],
])('the expressions of %s are filled in', (template, name, value, target) => {
  const built = build(template, { parameters: [param(name, 'path')] }, { path: { [name]: value } });
  expect(targetOf(built)).toBe(target);
  expect(readTarget(target)).not.toBeNull();
});
