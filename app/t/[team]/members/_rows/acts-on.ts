import { can, type Role } from '#lib/access/permissions.ts';
import type { Person } from '#lib/members/list-members.ts';

/** The member a row and its dialogs are about. */
export type Target = { id: string; name: string; role: Role };

/** The props of every dialog of a row. `onRefused`: the member has changed, so the list is out of date. */
export type DialogProps = { team: string; person: Target; onClose: () => void; onRefused: () => void };

export type Act = 'change_role' | 'transfer' | 'suspend' | 'activate' | 'remove' | 'leave';

/** What an actor can do to a member, to hide everything else. The verbs decide. */
export function actsOn(
  actor: { memberId: string; role: Role },
  person: Pick<Person, 'id' | 'role' | 'status'>,
): Act[] {
  if (person.id === actor.memberId) return ['leave'];
  const canOver = (action: 'member.suspend' | 'member.remove') =>
    can(actor, person.role === 'member' ? action : `${action}.manager`);
  const acts: Act[] = [];
  if (can(actor, 'member.change_role')) acts.push('change_role');
  if (can(actor, 'team.transfer') && person.status === 'active') acts.push('transfer');
  if (canOver('member.suspend')) acts.push(person.status === 'suspended' ? 'activate' : 'suspend');
  if (canOver('member.remove')) acts.push('remove');
  return acts;
}
