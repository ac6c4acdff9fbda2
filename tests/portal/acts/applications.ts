import { type Act, action, question } from './act.ts';

const APP = 'app/t/[team]/apps/[app]/actions.ts';
const NEW = 'app/t/[team]/apps/new/actions.ts';
const TESTER = 'app/t/[team]/tester/actions.ts';

const newApp = () => '/apps/new';
const names = { names: 'refused' } as const;

/** Sends a request with the tester. Keys and endpoints that the sender can't use are not found. */
const send = (
  name: string,
  needs: Act['needs'],
  keyIdOf: (...of: Parameters<Act['run']>) => string,
): Act => ({
  ...{ name, needs, names: 'refused', route: '/t/[team]/tester/send' },
  run: async (...of) => {
    const [client, full, , door] = of;
    const response = await client.post(`/t/${door.team.teamSlug}/tester/send`, {
      ...{ keyId: keyIdOf(...of), endpointId: full.past.endpointId, production: false },
      values: { path: {}, query: {}, header: {}, accept: '', contentType: '', body: '' },
    });
    const outcome = response.text ? (JSON.parse(response.text) as { ok: boolean; reason?: string }) : null; // Our own route.
    return { ...response, location: null, state: outcome?.ok ? 'done' : 'refused' };
  },
});

export const APPLICATIONS: Act[] = [
  action('check the details of a new app', 'team.view', `${NEW}#checkDetailsAction`, newApp, () => ({
    ...{ title: 'New', description: 'One.' },
  })),
  action('create an app', 'application.create', `${NEW}#createAppAction`, newApp, ({ past }) => ({
    ...{ title: 'New', description: 'One.', endpointIds: past.endpointId },
  })),
  action(
    'edit an app',
    'application.edit',
    `${APP}#editAppAction`,
    ({ app }) => `/apps/${app.publicId}`,
    ({ app }) => ({ appId: app.publicId, title: 'Other', description: 'Two.' }),
    names,
  ),
  action(
    'change the endpoints of an app',
    'application.connect',
    `${APP}#connectEndpointsAction`,
    ({ app }) => `/apps/${app.publicId}/connected?change`,
    ({ app, past }) => ({ appId: app.publicId, endpointIds: past.endpointId }),
    names,
  ),
  action(
    'archive an app',
    'application.archive',
    `${APP}#archiveAppAction`,
    ({ app }) => `/apps/${app.publicId}`,
    ({ app }) => ({ appId: app.publicId }),
    names,
  ),
  action(
    'restore an app',
    'application.archive',
    `${APP}#restoreAppAction`,
    ({ archived }) => `/apps/${archived.publicId}`,
    ({ archived }) => ({ appId: archived.publicId }),
    names,
  ),
  send('test with a key of the team', 'tester.use', (_, full) => full.key.keyId),
  send('test with your own key', 'tester.use.own', (_client, _full, own) => own.key.keyId),
  send("test with another member's own key", 'tester.use', (_, full) => full.otherKey.keyId),
  question(
    'find endpoints to test with a key of the team',
    'tester.use',
    `${TESTER}#searchEndpoints`,
    () => '/tester',
    ({ key }) => [key.keyId, ''],
  ),
  question(
    'find endpoints to test with your own key',
    'tester.use.own',
    `${TESTER}#searchEndpoints`,
    () => '/tester',
    (_, own) => [own.key.keyId, ''],
  ),
  question(
    'fill the tester with your own past request',
    'tester.use.own',
    `${TESTER}#readPastValues`,
    () => '/tester',
    (_, own) => [own.past.id],
  ),
  // For every role: requests belong to the person who sent them.
  {
    ...question(
      'fill the tester with another person’s request',
      'tester.use',
      `${TESTER}#readPastValues`,
      () => '/tester',
      (full) => [full.own.other.past.id],
    ),
    needs: 'nobody',
  },
];
