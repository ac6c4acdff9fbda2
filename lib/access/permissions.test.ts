import { expect, test } from 'vitest';
import { Forbidden } from './errors.ts';
import { type Action, authorize, can, PERMISSIONS, type Role } from './permissions.ts';

/** The permissions table repeated: a change of permissions must be made in both places. */
const meant = {
  'owner admin member': [
    ...[
      'team.view',
      'guidelines.confirm',
      'member.view',
      'member.leave',
      'member.activity.own',
      'application.view',
    ],
    ...['credential.view.own', 'credential.issue.own', 'credential.pause.own', 'credential.revoke.own'],
    ...['credential.restrict.own', 'credential.edit.own', 'credential.rotate.own', 'incident.run.own'],
    ...['usage.view.own', 'tester.use.own', 'notification.own'],
  ],
  'owner admin': [
    ...[
      'member.invite',
      'invitation.manage',
      'member.suspend',
      'member.remove',
      'member.activity',
      'review.run',
    ],
    ...['application.create', 'application.edit', 'application.connect', 'application.archive'],
    ...['credential.view', 'credential.issue', 'credential.edit', 'credential.pause', 'credential.revoke'],
    ...['credential.restrict', 'credential.rotate', 'usage.view', 'audit.view', 'tester.use'],
    ...['incident.run', 'posture.view', 'posture.dismiss'],
  ],
  owner: [
    ...['team.edit', 'team.delete', 'team.transfer', 'member.change_role', 'quota.edit', 'policy.edit'],
    ...['member.invite.manager', 'member.suspend.manager', 'member.remove.manager'],
  ],
};
const roles: Role[] = ['owner', 'admin', 'member'];
const actions = Object.keys(PERMISSIONS) as Action[]; // The keys are the actions.
const rows = Object.entries(meant).flatMap(([who, names]) => names.map((action) => [action, who] as const));

test('the table below has every action once', () => {
  expect(rows.map(([action]) => action).sort()).toEqual([...actions].sort());
});

test.each(rows)('%s: %s', (name, who) => {
  const action = actions.find((known) => known === name)!;
  for (const role of roles) {
    const allowed = who.split(' ').includes(role);
    expect(can({ role }, action), role).toBe(allowed);
    if (allowed) authorize({ role }, action);
    else expect(() => authorize({ role }, action), role).toThrow(Forbidden);
  }
});

test('an action on everything includes your own things, and nobody can do more than an owner', () => {
  for (const action of actions) {
    const whole = actions.find((known) => `${known}.own` === action);
    for (const role of roles) {
      if (whole && can({ role }, whole)) expect(can({ role }, action), `${role} ${action}`).toBe(true);
      if (can({ role }, action)) expect(can({ role: 'owner' }, action), action).toBe(true);
    }
  }
});
