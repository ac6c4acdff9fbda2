'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { activateMember } from '#lib/members/activate-member.ts';
import { ChangeRole, changeRole } from '#lib/members/change-role.ts';
import { OneMember } from '#lib/members/find-colleague.ts';
import { leaveTeam } from '#lib/members/leave-team.ts';
import { type MemberPreview, previewMember } from '#lib/members/preview-member.ts';
import { RemoveMember, removeMember } from '#lib/members/remove-member.ts';
import { suspendMember } from '#lib/members/suspend-member.ts';
import { transferOwnership } from '#lib/members/transfer-ownership.ts';

const refresh = () => revalidatePath('/t/[team]/members', 'layout');

const REFUSED = {
  not_found: 'This member is no longer in the team.',
  self: 'You cannot do this to yourself.',
  unchanged: 'This member has this role already.',
  already_suspended: 'This member is suspended already.',
  already_active: 'This member is active already.',
  no_seat: 'Your plan has no seat left. Remove a member, cancel an invitation, or contact us for more seats.',
  not_active: 'Only an active member can become owner.',
  last_owner: 'You are the only owner. Make somebody else owner before you leave.',
} as const;

const refused = (reason: keyof typeof REFUSED) => ({ status: 'refused', message: REFUSED[reason] }) as const;
const done = { status: 'done', value: undefined } as const;

/** Changes nothing: what a dialog shows before somebody is suspended or removed. */
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
    refresh();
    return changed.ok ? done : refused(changed.reason);
  },
);

export const transferOwnershipAction = memberAction<typeof OneMember, undefined>(
  OneMember,
  async (context, input) => {
    const given = await transferOwnership(context, input);
    refresh();
    return given.ok ? done : refused(given.reason);
  },
);

export const suspendMemberAction = memberAction<typeof OneMember, Receipt>(
  OneMember,
  async (context, input) => {
    const suspended = await suspendMember(context, input);
    refresh();
    return suspended.ok ? { status: 'done', value: suspended.receipt } : refused(suspended.reason);
  },
);

export const activateMemberAction = memberAction<typeof OneMember, undefined>(
  OneMember,
  async (context, input) => {
    const activated = await activateMember(context, input);
    refresh();
    return activated.ok ? done : refused(activated.reason);
  },
);

export const removeMemberAction = memberAction<typeof RemoveMember, Receipt>(
  RemoveMember,
  async (context, input) => {
    const removed = await removeMember(context, input);
    refresh();
    return removed.ok ? { status: 'done', value: removed.receipt } : refused(removed.reason);
  },
);

/** Refreshes nothing: the page it was asked from is gone for who has left. */
export const leaveTeamAction = memberAction<z.ZodObject, Receipt>(z.object({}), async (context) => {
  const left = await leaveTeam(context);
  return left.ok ? { status: 'done', value: left.receipt } : refused(left.reason);
});
