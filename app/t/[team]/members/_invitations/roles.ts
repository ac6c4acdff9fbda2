import type { Role } from '#lib/access/permissions.ts';

/** The roles, as forms label and explain them. */
export const ROLES: Record<Role, { label: string; access: string }> = {
  owner: { label: 'Owner', access: 'Full administrative access.' },
  admin: { label: 'Admin', access: 'Can manage team members and API keys.' },
  member: { label: 'Member', access: 'Basic access to team resources.' },
};
