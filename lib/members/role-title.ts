import type { Action, Role } from '#lib/access/permissions.ts';

/** What it takes to ask somebody in with a role, and to hand out or renew such a link. */
export const inviteAction = (role: Role): Action =>
  role === 'member' ? 'member.invite' : 'member.invite.manager';

/** A role as the guides and the mails write it. */
export const roleTitle = (role: Role): string => role[0]!.toUpperCase() + role.slice(1);
