import { expect, test } from 'vitest';
import { countEndpoints, filterEndpoints, groupEndpoints } from './group-endpoints.ts';

const row = (apiSlug: string, tag: string, operation: string, summary = '') => {
  const [method, path] = operation.split(' ') as [string, string];
  return {
    id: operation,
    apiSlug,
    apiTitle: `The ${apiSlug}`,
    tag,
    method,
    path,
    summary,
    deprecated: false,
  };
};
const apis = groupEndpoints([
  row('weather', '', 'GET /health'),
  row('weather', 'Cities', 'GET /cities', 'List cities'),
  row('weather', 'Cities', 'POST /cities', 'Add a city'),
  row('maps', 'Tiles 10', 'GET /tiles/10'),
  row('maps', 'Tiles 2', 'GET /tiles/2'),
]);

const shape = (list: typeof apis) =>
  list.map((api) => [
    api.slug,
    ...api.tags.map((tag) => `${tag.name}: ${tag.endpoints.map((e) => e.id).join(', ')}`),
  ]);

test('endpoints are grouped by API and tag, with tags in natural order and untagged ones last', () => {
  expect(shape(apis)).toEqual([
    ['weather', 'Cities: GET /cities, POST /cities', 'Other endpoints: GET /health'],
    ['maps', 'Tiles 2: GET /tiles/2', 'Tiles 10: GET /tiles/10'],
  ]);
  expect(countEndpoints(apis)).toBe(5);
});

test.each([
  ['', 5],
  ['cities', 2],
  ['  CITY add ', 1],
  ['get maps', 2],
  ['tiles weather', 0],
])('searching for %j finds %d', (query, count) => {
  expect(countEndpoints(filterEndpoints(apis, query))).toBe(count);
});
