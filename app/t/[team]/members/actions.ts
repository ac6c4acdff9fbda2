'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { activateMember } from '#lib/members/activate-member.ts';
import { ChangeRole, changeRole } from '#lib/members/change-role.ts';
import { OneMember } from '#lib/members/input.ts';
import { leaveTeam } from '#lib/members/leave-team.ts';
import { type MemberPreview, previewMember } from '#lib/members/preview-member.ts';
import { RemoveMember, removeMember } from '#lib/members/remove-member.ts';
import { suspendMember } from '#lib/members/suspend-member.ts';
import { transferOwnership } from '#lib/members/transfer-ownership.ts';

/** From the root: the sidebar shows the actor's role. */
const refresh = () => revalidatePath('/', 'layout');

const REFUSED = {
  not_found: 'This member is no longer in the team.',
  self: 'You can’t do this to yourself.',
  unchanged: 'This member already has this role.',
  already_suspended: 'This member is already suspended.',
  already_active: 'This member is already active.',
  no_seat:
    'Your plan has no seats left. Remove a member, cancel an invitation, or contact us for more seats.',
  not_active: 'Only an active member can become owner.',
  last_owner: 'You’re the only owner. Make someone else owner before you leave.',
} as const;

// A rejection refreshes nothing. Otherwise the row, and the dialog in it that shows the reason, would disappear.
const refused = (reason: keyof typeof REFUSED) => ({ status: 'refused', message: REFUSED[reason] }) as const;

function done<T>(value: T) {
  refresh();
  return { status: 'done', value } as const;
}

/** Read-only: what the suspend and remove dialogs show. */
export const previewMemberAction = memberAction<typeof OneMember, MemberPreview>(
  OneMember,
  async (context, input) => {
    const preview = await previewMember(context, input);
    return preview ? { status: 'done', value: preview } : refused('not_found');
  },
);

export const changeRoleAction = memberAction<typeof ChangeRole, undefined>(
  ChangeRole,
  async (context, input) => {
    const changed = await changeRole(context, input);
    return changed.ok ? done(undefined) : refused(changed.reason);
  },
);

export const transferOwnershipAction = memberAction<typeof OneMember, undefined>(
  OneMember,
  async (context, input) => {
    const transferred = await transferOwnership(context, input);
    return transferred.ok ? done(undefined) : refused(transferred.reason);
  },
);

export const suspendMemberAction = memberAction<typeof OneMember, Receipt>(
  OneMember,
  async (context, input) => {
    const suspended = await suspendMember(context, input);
    return suspended.ok ? done(suspended.receipt) : refused(suspended.reason);
  },
);

export const activateMemberAction = memberAction<typeof OneMember, undefined>(
  OneMember,
  async (context, input) => {
    const activated = await activateMember(context, input);
    return activated.ok ? done(undefined) : refused(activated.reason);
  },
);

export const removeMemberAction = memberAction<typeof RemoveMember, Receipt>(
  RemoveMember,
  async (context, input) => {
    const removed = await removeMember(context, input);
    return removed.ok ? done(removed.receipt) : refused(removed.reason);
  },
);

/** Refreshes nothing: this page no longer exists for someone who left. The next page renders the shell again. */
export const leaveTeamAction = memberAction<z.ZodObject, Receipt>(z.object({}), async (context) => {
  const left = await leaveTeam(context);
  return left.ok ? { status: 'done', value: left.receipt } : refused(left.reason);
});
