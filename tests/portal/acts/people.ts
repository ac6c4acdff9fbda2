import { membershipReviews, reviewDecisions } from '#db/schema/teams.ts';
import type { Role } from '#lib/access/permissions.ts';
import { type Act, action } from './act.ts';

const MEMBERS = 'app/t/[team]/members/actions.ts';
const INVITES = 'app/t/[team]/members/_invitations/actions.ts';
const REVIEW = 'app/t/[team]/members/review/actions.ts';

const team = () => '/members';
const review = () => '/members/review';
const names = { names: 'refused' } as const;
const invite = (role: Role) => () => ({
  ...{ name: 'New', email: `n-${crypto.randomUUID()}@example.com`, role, message: '' },
});

/** An open review with all decisions made. Its ID is a member's. */
const openReview: Act['prepare'] = async (db, full) => {
  const { teamId } = full.team;
  await db
    .insert(membershipReviews)
    .values({ id: full.other.memberId, teamId, startedBy: full.owner.memberId })
    .onConflictDoNothing();
  const { owner, admin, member, suspended, otherOwner, otherAdmin, other, frozen } = full;
  for (const { memberId, role } of [owner, admin, member, suspended, otherOwner, otherAdmin, other, frozen])
    await db
      .insert(reviewDecisions)
      .values({
        ...{ teamId, reviewId: other.memberId, memberId, decision: 'keep', decidedBy: owner.memberId, role },
      })
      .onConflictDoNothing();
};

export const PEOPLE: Act[] = [
  action('invite a member', 'member.invite', `${INVITES}#inviteOneAction`, team, invite('member')),
  action('invite an admin', 'member.invite.manager', `${INVITES}#inviteOneAction`, team, invite('admin')),
  action('invite an owner', 'member.invite.manager', `${INVITES}#inviteOneAction`, team, invite('owner')),
  action('invite several', 'member.invite', `${INVITES}#inviteSeveralAction`, team, () => ({
    ...{ people: `New <n-${crypto.randomUUID()}@example.com>`, role: 'member', message: '' },
  })),
  ...(['resendInvitationAction', 'copyLinkAction', 'cancelInvitationAction'] as const).map((verb) =>
    action(
      `${verb} of an invitation`,
      'invitation.manage',
      `${INVITES}#${verb}`,
      team,
      ({ invitation }) => ({ invitationId: invitation.id }),
      names,
    ),
  ),
  action(
    'make a member admin',
    'member.change_role',
    `${MEMBERS}#changeRoleAction`,
    team,
    ({ other }) => ({ memberId: other.memberId, role: 'admin' }),
    names,
  ),
  action('make an admin member', 'member.change_role', `${MEMBERS}#changeRoleAction`, team, (full) => ({
    ...{ memberId: full.otherAdmin.memberId, role: 'member' },
  })),
  action('make a member owner', 'member.change_role', `${MEMBERS}#changeRoleAction`, team, (full) => ({
    ...{ memberId: full.other.memberId, role: 'owner' },
  })),
  action('make an owner admin', 'member.change_role', `${MEMBERS}#changeRoleAction`, team, (full) => ({
    ...{ memberId: full.otherOwner.memberId, role: 'admin' },
  })),
  action(
    'transfer ownership',
    'team.transfer',
    `${MEMBERS}#transferOwnershipAction`,
    team,
    ({ other }) => ({ memberId: other.memberId }),
    names,
  ),
  action(
    'preview suspending a member',
    'member.suspend',
    `${MEMBERS}#previewMemberAction`,
    team,
    ({ other }) => ({ memberId: other.memberId }),
    names,
  ),
  action(
    'suspend a member',
    'member.suspend',
    `${MEMBERS}#suspendMemberAction`,
    team,
    ({ other }) => ({ memberId: other.memberId }),
    names,
  ),
  action(
    'activate a member',
    'member.suspend',
    `${MEMBERS}#activateMemberAction`,
    team,
    ({ frozen }) => ({ memberId: frozen.memberId }),
    names,
  ),
  action(
    'remove a member',
    'member.remove',
    `${MEMBERS}#removeMemberAction`,
    team,
    ({ other }) => ({ memberId: other.memberId, applicationKeys: 'revoke' }),
    names,
  ),
  ...(['otherAdmin', 'otherOwner'] as const).flatMap((who) => [
    action(`suspend an ${who}`, 'member.suspend.manager', `${MEMBERS}#suspendMemberAction`, team, (full) => ({
      memberId: full[who].memberId,
    })),
    action(`remove an ${who}`, 'member.remove.manager', `${MEMBERS}#removeMemberAction`, team, (full) => ({
      ...{ memberId: full[who].memberId, applicationKeys: 'keep' },
    })),
  ]),
  action('leave the team', 'member.leave', `${MEMBERS}#leaveTeamAction`, team, () => ({})),
  action('start a review', 'review.run', `${REVIEW}#startReviewAction`, review, () => ({})),
  action(
    'decide on a member',
    'review.run',
    `${REVIEW}#decideReviewAction`,
    review,
    ({ other }) => ({ reviewId: other.memberId, memberId: other.memberId, decision: 'suspend' }),
    { ...names, prepare: openReview },
  ),
  action(
    'finish a review',
    'review.run',
    `${REVIEW}#finishReviewAction`,
    review,
    ({ other }) => ({ reviewId: other.memberId }),
    { ...names, prepare: openReview },
  ),
  action(
    'confirm the guidelines',
    'guidelines.confirm',
    'app/t/[team]/guidelines/actions.ts#confirmGuidelinesAction',
    () => '/guidelines',
    (full) => ({ version: full.team.guidelinesAt.toISOString() }),
  ),
];
