import { can, type Role } from '#lib/access/permissions.ts';
import type { Person } from '#lib/members/list-members.ts';

/** The member that a row and its dialogs are about. */
export type Target = { id: string; name: string; role: Role };

export type Act = 'change_role' | 'transfer' | 'suspend' | 'activate' | 'remove' | 'leave';

/** What an actor may do to a member, for showing no more than that. The verbs decide. */
export function actsOn(
  actor: { memberId: string; role: Role },
  person: Pick<Person, 'id' | 'role' | 'status'>,
): Act[] {
  if (person.id === actor.memberId) return ['leave'];
  const over = (action: 'member.suspend' | 'member.remove') =>
    can(actor, person.role === 'member' ? action : `${action}.manager`);
  const acts: Act[] = [];
  if (can(actor, 'member.change_role')) acts.push('change_role');
  if (can(actor, 'team.transfer') && person.status === 'active') acts.push('transfer');
  if (over('member.suspend')) acts.push(person.status === 'suspended' ? 'activate' : 'suspend');
  if (over('member.remove')) acts.push('remove');
  return acts;
}
