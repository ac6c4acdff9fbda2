import { type Act, action, question } from './act.ts';

const SETTINGS = 'app/t/[team]/settings/actions.ts';
const LIMITS = 'app/t/[team]/settings/limits/actions.ts';
const NOTIFICATIONS = 'app/t/[team]/notifications/actions.ts';
const SECURITY = 'app/t/[team]/security/actions.ts';

const settings = () => '/settings';
const limits = () => '/settings/limits';
const names = { names: 'refused' } as const;

export const SETTING: Act[] = [
  action('edit the team', 'team.edit', `${SETTINGS}#editTeamAction`, settings, () => ({
    ...{ name: 'Renamed', description: '', reviewDays: '30' },
  })),
  action('set the guidelines', 'team.edit', `${SETTINGS}#setGuidelinesAction`, settings, () => ({
    guidelines: 'Be kind.',
  })),
  // Off, because only someone with 2FA can require it.
  action('require two factors', 'team.edit', `${SETTINGS}#requireTwoFactorAction`, settings, () => ({
    required: 'false',
  })),
  action('delete the team', 'team.delete', `${SETTINGS}#deleteTeamAction`, settings, ({ team }) => ({
    name: team.name,
  })),
  action(
    'set the key policy',
    'policy.edit',
    'app/t/[team]/settings/key-policy-actions.ts#setKeyPolicyAction',
    settings,
    () => ({
      ...{ rotationDaysDevelopment: '30', rotationDaysStaging: '', rotationDaysProduction: '45' },
    }),
  ),
  action('set the Production reserve', 'quota.edit', `${LIMITS}#setReserveAction`, limits, () => ({
    reserve: '7',
  })),
  action(
    'limit an app',
    'quota.edit',
    `${LIMITS}#setAppCapAction`,
    limits,
    ({ app }) => ({ appId: app.publicId, dailyCap: '5' }),
    names,
  ),
  action(
    'limit a member',
    'quota.edit',
    `${LIMITS}#setMemberCapAction`,
    limits,
    ({ other }) => ({ memberId: other.memberId, dailyCap: '5' }),
    names,
  ),
  action(
    'dismiss a finding',
    'posture.dismiss',
    `${SECURITY}#dismissFindingAction`,
    () => '/security',
    ({ production }) => ({ kind: 'production_without_ip', subjectId: production.id, days: '30', note: '' }),
    names,
  ),
  action(
    'restore a finding',
    'posture.dismiss',
    `${SECURITY}#restoreFindingAction`,
    () => '/security',
    ({ production }) => ({ kind: 'production_without_expiry', subjectId: production.id }),
    names,
  ),
  action(
    'mark your own notification as read',
    'notification.own',
    `${NOTIFICATIONS}#markReadAction`,
    () => '/notifications',
    (_, own) => ({ id: own.notification.id }),
    { names: 'nothing' },
  ),
  action(
    'change your notifications',
    'notification.own',
    `${NOTIFICATIONS}#setNotificationsAction`,
    () => '/notifications',
    () => ({ kind: 'quota', way: 'mailed', on: 'false' }),
  ),
  question(
    'search the team',
    'team.view',
    'app/_shell/search-action.ts#searchTeam',
    () => '/apps',
    ({ app }) => [app.publicId],
  ),
];
