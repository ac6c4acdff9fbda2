import { Forbidden } from './errors.ts';

export type Role = 'owner' | 'admin' | 'member';

const everyone: readonly Role[] = ['owner', 'admin', 'member'];
const managers: readonly Role[] = ['owner', 'admin'];
const owners: readonly Role[] = ['owner'];

/**
 * Who can do what in a team. Where members can act only on their own things, there is a separate `.own` action, and the
 * verb limits its WHERE to them. Actions on admins and owners need a `.manager` action: nobody acts on a higher role, and
 * only owners add, change or remove admins and owners.
 */
export const PERMISSIONS = {
  'team.view': everyone,
  'team.edit': owners,
  'team.delete': owners,
  'team.transfer': owners,
  'guidelines.confirm': everyone,
  'member.view': everyone,
  'member.invite': managers,
  'member.invite.manager': owners,
  'invitation.manage': managers,
  'member.change_role': owners,
  'member.suspend': managers,
  'member.suspend.manager': owners,
  'member.remove': managers,
  'member.remove.manager': owners,
  'member.leave': everyone,
  'member.activity': managers,
  'member.activity.own': everyone,
  'review.run': managers,
  'application.view': everyone,
  'application.create': managers,
  'application.edit': managers,
  'application.connect': managers,
  'application.archive': managers,
  'credential.view': managers,
  'credential.view.own': everyone,
  'credential.issue': managers,
  'credential.issue.own': everyone,
  'credential.edit': managers,
  'credential.pause': managers,
  'credential.pause.own': everyone,
  'credential.revoke': managers,
  'credential.revoke.own': everyone,
  'credential.restrict': managers,
  'credential.restrict.own': everyone,
  'credential.edit.own': everyone,
  'credential.rotate': managers,
  'credential.rotate.own': everyone,
  'incident.run': managers,
  'incident.run.own': everyone,
  'posture.view': managers,
  'posture.dismiss': managers,
  'policy.edit': owners,
  'usage.view': managers,
  'usage.view.own': everyone,
  'quota.edit': owners,
  'tester.use': managers,
  'tester.use.own': everyone,
  'notification.own': everyone,
  'audit.view': managers,
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof PERMISSIONS;

/** Whether a role has a permission. Use it to hide a button; only `authorize` decides. */
export function can(actor: { role: Role }, action: Action): boolean {
  return PERMISSIONS[action].includes(actor.role);
}

/** The first line of every verb. Throws `Forbidden`. */
export function authorize(actor: { role: Role }, action: Action): void {
  if (!can(actor, action)) throw new Forbidden(`${actor.role} may not ${action}`, action);
}
