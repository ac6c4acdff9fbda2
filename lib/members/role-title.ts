import type { Action, Role } from '#lib/access/permissions.ts';

/** The permission needed to invite someone with a role, and to copy or resend that invitation. */
export const inviteAction = (role: Role): Action =>
  role === 'member' ? 'member.invite' : 'member.invite.manager';

/** A role as it is displayed. */
export const roleTitle = (role: Role): string => role[0]!.toUpperCase() + role.slice(1);
