import { can, type Role } from '#lib/access/permissions.ts';
import { ROLES } from './_invitations/roles.ts';

export const roleTitle = (role: Role): string => ROLES[role].label;

/** The roles an actor can invite people with, the lowest first. None for members. */
export function invitableRoles(actor: { role: Role }): Role[] {
  if (!can(actor, 'member.invite')) return [];
  return can(actor, 'member.invite.manager') ? ['member', 'admin', 'owner'] : ['member'];
}
