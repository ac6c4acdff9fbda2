import { can, type Role } from '#lib/access/permissions.ts';
import { ROLES } from './_invitations/roles.ts';

export const roleTitle = (role: Role): string => ROLES[role].label;

/** The roles that an actor may ask people in with, the least first; none for members. */
export function invitableRoles(actor: { role: Role }): Role[] {
  if (!can(actor, 'member.invite')) return [];
  return can(actor, 'member.invite.manager') ? ['member', 'admin', 'owner'] : ['member'];
}
