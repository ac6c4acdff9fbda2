import { and, isNotNull, ne, sql } from 'drizzle-orm';
import { credentials } from '#db/schema/credentials.ts';
import type { Things } from '#tests/support/full-team.ts';
import { type Act, action, both } from './act.ts';

const STATUS = 'app/_keys/status-actions.ts';
const ROTATION = 'app/t/[team]/api-keys/[key]/rotation/actions.ts';
const EDIT = 'app/_keys/edit-action.ts#editKeyAction';
const RESTRICT = 'app/_keys/restrict-action.ts#restrictKeyAction';
const CREATE = 'app/_keys/create-key-action.ts#createKeyAction';
const DRY_RUN = 'app/t/[team]/api-keys/[key]/restrictions/dry-run-action.ts#dryRunAction';
const MY_KEY = 'app/t/[team]/my-key/actions.ts';
const INCIDENTS = 'app/t/[team]/incidents/actions.ts';

const list = () => '/api-keys';
const restrictions = ({ key }: Things) => `/api-keys/${key.keyId}/restrictions`;
const rotation = ({ key }: Things) => `/api-keys/${key.keyId}/rotation`;
const incident = ({ incident }: Things) => `/incidents/${incident.publicId}`;
const one = ({ key }: Things) => ({ keyId: key.keyId });
const names = { names: 'refused' } as const;

const pause: Act['prepare'] = (db) =>
  db
    .update(credentials)
    .set({ status: 'paused', pausedAt: sql`now()` })
    .where(and(isNotNull(credentials.dailyLimit), ne(credentials.status, 'revoked')));

const [rotateTeams, rotateOwn, rotateOthers] = both(
  'rotate a key',
  'credential.rotate',
  'credential.rotate.own',
  `${ROTATION}#rotateAction`,
  rotation,
  (things) => ({ ...one(things), name: '', overlap: '24h' }),
);
const newKey = (appId: string) => ({
  ...{ appId, name: 'Key', description: '', environment: 'development', expiration: 'never' },
});

export const KEYS: Act[] = [
  action(
    'create a key in an app',
    'credential.issue',
    CREATE,
    list,
    ({ app }) => newKey(app.publicId),
    names,
  ),
  action('create a key without an app', 'credential.issue', CREATE, list, () => newKey('')),
  ...both('pause a key', 'credential.pause', 'credential.pause.own', `${STATUS}#pauseKeyAction`, list, one),
  ...both(
    'resume a key',
    'credential.pause',
    'credential.pause.own',
    `${STATUS}#resumeKeyAction`,
    list,
    one,
  ).map((act) => ({ ...act, prepare: pause })),
  ...both(
    'revoke a key',
    'credential.revoke',
    'credential.revoke.own',
    `${STATUS}#revokeKeyAction`,
    list,
    one,
  ),
  ...both(
    'restrict a key',
    'credential.restrict',
    'credential.restrict.own',
    RESTRICT,
    restrictions,
    (things) => ({ ...one(things), allowedIps: '192.0.2.1', allowedDomains: '' }),
  ),
  ...both('rename a key', 'credential.edit', 'credential.edit.own', EDIT, list, (things) => ({
    ...{ ...one(things), name: 'Other' },
  })),
  ...both(
    'lower the daily limit of a key',
    'credential.edit',
    'credential.edit.own',
    EDIT,
    list,
    (things) => ({
      ...{ ...one(things), dailyLimit: '10' },
    }),
  ),
  action('raise the daily limit of your own key', 'credential.edit', EDIT, list, (_, own) => ({
    ...{ ...one(own), dailyLimit: '2000' },
  })),
  action('remove the daily limit of your own key', 'credential.edit', EDIT, list, (_, own) => ({
    ...{ ...one(own), dailyLimit: '' },
  })),
  ...both(
    'end a rotated key early, a key',
    'credential.rotate',
    'credential.rotate.own',
    `${ROTATION}#endNowAction`,
    rotation,
    ({ retiring }) => ({ keyId: retiring.keyId }),
  ),
  ...both(
    'extend a rotated key, a key',
    'credential.rotate',
    'credential.rotate.own',
    `${ROTATION}#extendAction`,
    rotation,
    ({ retiring }) => ({ keyId: retiring.keyId, until: '30d' }),
  ),
  ...[rotateTeams!, rotateOwn!],
  // Otherwise the new secret would be shown to someone who doesn't own the key.
  { ...rotateOthers!, needs: 'nobody' },
  ...both(
    'run a dry run with a key',
    'credential.view',
    'credential.view.own',
    DRY_RUN,
    restrictions,
    (things) => ({ ...one(things), ip: '', endpointId: things.past.endpointId, origin: '' }),
  ),
  action(
    'create your own key',
    'credential.issue.own',
    `${MY_KEY}#generateOwnKeyAction`,
    () => '/my-key',
    () => ({ environment: 'development' }),
    {
      prepare: (db) =>
        db
          .update(credentials)
          .set({ status: 'revoked', revokedAt: sql`now()` })
          .where(and(isNotNull(credentials.memberId), ne(credentials.status, 'revoked'))),
    },
  ),
  action(
    'replace your own key',
    'credential.issue.own',
    `${MY_KEY}#regenerateOwnKeyAction`,
    () => '/my-key',
    (_, own) => one(own),
    names,
  ),
];

const run = (
  name: string,
  verb: string,
  page: (things: Things) => string,
  fields: (things: Things) => Record<string, string>,
) => both(name, 'incident.run', 'incident.run.own', `${INCIDENTS}#${verb}`, page, fields);

const ofIncident = (things: Things) => ({ incidentId: things.incident.publicId });
const [replaceTeams, replaceOwn, replaceOthers] = run(
  'replace the key of an incident',
  'replaceKeyAction',
  incident,
  (things) => ({ ...ofIncident(things), name: '' }),
);

export const INCIDENT: Act[] = [
  ...run(
    'report a compromised key',
    'openIncidentAction',
    () => '/incidents/new',
    (things) => ({ ...one(things), reason: '', name: '' }),
  ),
  action(
    'report a compromised key of the team, and replace it',
    'incident.run',
    `${INCIDENTS}#openIncidentAction`,
    () => '/incidents/new',
    ({ production }) => ({ keyId: production.keyId, reason: '', name: '', replace: 'on' }),
    names,
  ),
  ...run('write into an incident', 'noteAction', incident, (things) => ({
    ...{ ...ofIncident(things), text: 'Seen.' },
  })),
  ...run('mark an incident as updated', 'markUpdatedAction', incident, ofIncident),
  ...run('mark an incident as reported', 'markReportedAction', incident, ofIncident),
  ...run('close an incident', 'closeAction', incident, (things) => ({
    ...{ ...ofIncident(things), summary: 'Done.' },
  })),
  ...run('reopen an incident', 'reopenAction', incident, ({ closed }) => ({ incidentId: closed.publicId })),
  ...[replaceTeams!, replaceOwn!],
  { ...replaceOthers!, needs: 'nobody' },
];
