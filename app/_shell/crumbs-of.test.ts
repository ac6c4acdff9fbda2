import { expect, test } from 'vitest';
import { crumbsOf } from './crumbs-of.ts';

const labels = (path: string, names = {}) => crumbsOf(path, names).map((crumb) => crumb.label);

test('a team is shown by name, and an app by title once the page sets it', () => {
  const names = { acme: 'Acme Ltd' };

  expect(labels('/t/acme/apps/app_0123456789abcdef', names)).toEqual(['Acme Ltd', 'Apps', '…']);
  expect(labels('/t/acme/apps/app_1', { ...names, app_1: 'Storefront' })).toEqual([
    'Acme Ltd',
    'Apps',
    'Storefront',
  ]);
});

test('an app’s logs are labeled like the tab', () => {
  expect(labels('/t/acme/apps/app_1/logs', { acme: 'Acme', app_1: 'Shop' })).toEqual([
    'Acme',
    'Apps',
    'Shop',
    'Logs',
  ]);
});

test('a team whose slug is also a page name is still a team', () => {
  expect(labels('/t/logs/logs', { logs: 'Logs Inc' })).toEqual(['Logs Inc', 'Request Logs']);
});

test('a path segment without a page has no breadcrumb', () => {
  expect(labels('/operator/apis/weather', { weather: 'Weather' })).toEqual(['Operator', 'Weather']);
});

test('the pages of My Team are shown by label, and a member by name', () => {
  const names = { acme: 'Acme', '01890a5d-ac96-774b-bcce-b302099a8057': 'Ada' };

  expect(labels('/t/acme/members/audit', names)).toEqual(['Acme', 'My Team', 'Audit log']);
  expect(labels('/t/acme/members/01890a5d-ac96-774b-bcce-b302099a8057', names)).toEqual([
    'Acme',
    'My Team',
    'Ada',
  ]);
  expect(labels('/t/acme/my-key', names)).toEqual(['Acme', 'My API key']);
});

test('each breadcrumb links to its part of the path', () => {
  expect(crumbsOf('/t/acme/apps', { acme: 'Acme' }).map((crumb) => crumb.href)).toEqual([
    '/t/acme',
    '/t/acme/apps',
  ]);
  expect(labels('/%E0%A4%A')).toEqual(['%E0%A4%A']);
});

test('an operation or schema in the API docs has one breadcrumb, whatever slashes its path has', () => {
  const names = { github: 'GitHub', repos: 'Get a repository' };

  expect(labels('/docs/apis/github', names)).toEqual(['API Documentation', 'GitHub']);
  expect(labels('/docs/apis/github/repos/get', names)).toEqual([
    'API Documentation',
    'GitHub',
    'Get a repository',
  ]);
  expect(labels('/docs/apis/github/schemas/City', names)).toEqual(['API Documentation', 'GitHub', 'City']);
});

test('the page of a suspended member has one breadcrumb, because /suspended itself is not a page', () => {
  expect(crumbsOf('/suspended/acme', { acme: 'Acme' })).toEqual([{ href: '/suspended/acme', label: 'Acme' }]);
});
