import { expect, test } from 'vitest';
import { crumbsOf } from './crumbs-of.ts';

const labels = (path: string, names = {}) => crumbsOf(path, names).map((crumb) => crumb.label);

test('a team stands under its name, an app under its title once the page has said it', () => {
  const names = { acme: 'Acme Ltd' };

  expect(labels('/t/acme/apps/app_0123456789abcdef', names)).toEqual(['Acme Ltd', 'Apps', '…']);
  expect(labels('/t/acme/apps/app_1', { ...names, app_1: 'Storefront' })).toEqual([
    'Acme Ltd',
    'Apps',
    'Storefront',
  ]);
});

test('the logs of an app are named as its tab is', () => {
  expect(labels('/t/acme/apps/app_1/logs', { acme: 'Acme', app_1: 'Shop' })).toEqual([
    'Acme',
    'Apps',
    'Shop',
    'Logs',
  ]);
});

test('a team whose slug is the name of a page is still a team', () => {
  expect(labels('/t/logs/logs', { logs: 'Logs Inc' })).toEqual(['Logs Inc', 'Request Logs']);
});

test('a part of the path that is no page is no crumb', () => {
  expect(labels('/operator/apis/weather', { weather: 'Weather' })).toEqual(['Operator', 'Weather']);
});

test('the pages of My Team stand under their labels, a person under his name', () => {
  const names = { acme: 'Acme', '01890a5d-ac96-774b-bcce-b302099a8057': 'Ada' };

  expect(labels('/t/acme/members/audit', names)).toEqual(['Acme', 'My Team', 'Audit log']);
  expect(labels('/t/acme/members/01890a5d-ac96-774b-bcce-b302099a8057', names)).toEqual([
    'Acme',
    'My Team',
    'Ada',
  ]);
  expect(labels('/t/acme/my-key', names)).toEqual(['Acme', 'My API key']);
});

test('each crumb leads to its own part of the path', () => {
  expect(crumbsOf('/t/acme/apps', { acme: 'Acme' }).map((crumb) => crumb.href)).toEqual([
    '/t/acme',
    '/t/acme/apps',
  ]);
  expect(labels('/%E0%A4%A')).toEqual(['%E0%A4%A']);
});

test('the docs of an API have one crumb for an operation or a schema, whatever slashes it has', () => {
  const names = { github: 'GitHub', repos: 'Get a repository' };

  expect(labels('/docs/apis/github', names)).toEqual(['API Documentation', 'GitHub']);
  expect(labels('/docs/apis/github/repos/get', names)).toEqual([
    'API Documentation',
    'GitHub',
    'Get a repository',
  ]);
  expect(labels('/docs/apis/github/schemas/City', names)).toEqual(['API Documentation', 'GitHub', 'City']);
});
