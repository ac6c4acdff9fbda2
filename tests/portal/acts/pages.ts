import { type Act, page } from './act.ts';

const names = 'refused';

/** Every page and file of a team. A test checks that none is missing. */
export const PAGES: Act[] = [
  page('view the dashboard', 'team.view', () => ''),
  page('view the members', 'member.view', () => '/members'),
  page('view the requests of the team', 'member.view', () => '/members/requests'),
  page('view the audit log', 'audit.view', () => '/members/audit'),
  page('export the audit log', 'audit.view', () => '/members/audit/export'),
  page('view the review', 'review.run', () => '/members/review'),
  page('export a review', 'review.run', ({ review }) => `/members/review/export?review=${review.id}`, names),
  ...['', '/usage'].map((tab) =>
    page(
      `view another member${tab}`,
      'member.activity',
      (full) => `/members/${full.other.memberId}${tab}`,
      names,
    ),
  ),
  page('view the guidelines', 'team.view', () => '/guidelines'),
  page('view the settings', 'team.view', () => '/settings'),
  page('view the limits', 'team.view', () => '/settings/limits'),
  page('view the notifications', 'notification.own', () => '/notifications'),
  page('view what is found', 'credential.view.own', () => '/security'),
  page('view the apps', 'application.view', () => '/apps'),
  page('view the wizard', 'application.create', () => '/apps/new'),
  ...['', '/keys', '/connected', '/connected?change', '/usage', '/logs'].map((tab) =>
    page(`view an app${tab}`, 'application.view', ({ app }) => `/apps/${app.publicId}${tab}`, names),
  ),
  page('view your own key', 'credential.view.own', () => '/my-key'),
  page('view the keys', 'credential.view.own', () => '/api-keys'),
  page('export the keys', 'credential.view.own', () => '/api-keys/export'),
  ...['', '/usage', '/logs', '/restrictions', '/rotation'].flatMap((tab) => [
    page(`view a key${tab}`, 'credential.view', ({ key }) => `/api-keys/${key.keyId}${tab}`, names),
    page(`view your own key${tab}`, 'credential.view.own', (_, { key }) => `/api-keys/${key.keyId}${tab}`),
    page(`view another’s key${tab}`, 'credential.view', (full) => `/api-keys/${full.otherKey.keyId}${tab}`),
  ]),
  page('view the incidents', 'incident.run.own', () => '/incidents'),
  page('view calls with dead keys', 'credential.view.own', () => '/incidents/rejected-keys'),
  page('report your own key', 'incident.run.own', (_, { key }) => `/incidents/new?key=${key.keyId}`),
  ...['', '/report', '/report?format=txt', '/report?format=json'].flatMap((tab) => [
    page(
      `view an incident${tab}`,
      'incident.run',
      (full) => `/incidents/${full.incident.publicId}${tab}`,
      names,
    ),
    page(
      `view your own incident${tab}`,
      'incident.run.own',
      (_, own) => `/incidents/${own.incident.publicId}${tab}`,
    ),
  ]),
  page('view the tester', 'tester.use.own', () => '/tester'),
  page('view the request log', 'usage.view.own', () => '/logs'),
  page('view a call', 'usage.view', ({ request }) => `/logs/${request.id}`, names),
  page('view your own request', 'usage.view.own', (_, { request }) => `/logs/${request.id}`),
  page('view a call of another', 'usage.view', (full) => `/logs/${full.own.other.request.id}`),
  page('view the usage', 'usage.view.own', () => '/usage'),
  page('export the usage', 'usage.view.own', () => '/usage/export'),
  page(
    'export the usage of a key',
    'usage.view',
    ({ key }) => `/usage/export?table=ip&key=${key.keyId}`,
    names,
  ),
  page(
    'export the usage of your own key',
    'usage.view.own',
    (_, { key }) => `/usage/export?table=ip&key=${key.keyId}`,
  ),
  page(
    'export the usage of another member',
    'usage.view',
    ({ other }) => `/usage/export?table=status&member=${other.memberId}`,
    names,
  ),
];

/** Log routes that are neither pages nor links. */
export const LOGS: Act[] = [
  ...['csv', 'ndjson'].map(
    (format): Act => ({
      ...{ name: `export the log as ${format}`, needs: 'usage.view.own', route: '/t/[team]/logs/export' },
      run: (client, _full, _own, door) => client.submit(`/t/${door.team.teamSlug}/logs/export`, { format }),
    }),
  ),
  {
    ...{ name: 'watch the log grow', needs: 'usage.view.own', route: '/t/[team]/logs/live' },
    run: (client, _full, _own, door) => client.peek(`/t/${door.team.teamSlug}/logs/live`),
  },
];
