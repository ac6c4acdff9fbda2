import { and, eq, isNull, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { invitations, members, teams } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import type { User } from '#lib/access/member.ts';
import { can, type Role } from '#lib/access/permissions.ts';
import type { Settings } from '#lib/access/settings.ts';
import { inviteAction } from '#lib/members/role-title.ts';
import { mayJoin } from '#lib/members/seats.ts';
import { type InvitationToken, locateInvitation, type Via } from './invitation-link.ts';

/** What the page tells about an invitation. Names and message are other people's text. */
export type InvitationDetails = {
  team: string;
  inviter: string;
  role: Role;
  message: string;
  name: string;
  email: string;
  expiresAt: Date;
};

type FoundInvitation =
  /** Cancelled, used, superseded, invented, of a deleted team or of somebody who may not invite any more: all alike. */
  | { state: 'unusable' }
  | { state: 'expired'; team: string; inviter: string }
  /** The team has as many members as its plan allows; the link works again once there is room. */
  | { state: 'team_full'; team: string; inviter: string }
  | { state: 'new_person'; invitation: InvitationDetails }
  | { state: 'sign_in'; invitation: InvitationDetails }
  | { state: 'ready'; invitation: InvitationDetails }
  | { state: 'other_person'; invitation: InvitationDetails; signedInAs: string }
  | { state: 'already_member'; team: string; slug: string };

/** What an invitation's page shows to whoever opened it. Reading it uses nothing up: mail scanners open links too. */
export async function findInvitation(
  { db, user, settings }: { db: Queryable; user: User | null; settings: Settings },
  { token }: z.output<typeof InvitationToken>,
): Promise<FoundInvitation> {
  const found = await invitationByToken({ db, settings }, token);
  if (!found) return { state: 'unusable' };
  const { team, slug, inviter, role, message, name, email, expiresAt } = found;
  const isInvited = user?.email === email;
  if (isInvited && (await isActive(db, found.teamId, user.userId)))
    return { state: 'already_member', team, slug };
  if (found.accepted) return { state: 'unusable' };
  if (found.expired) return { state: 'expired', team, inviter };

  if (!(await mayJoin(db, found.teamId))) return { state: 'team_full', team, inviter };

  const invitation = { team, inviter, role, message, name, email, expiresAt };
  if (isInvited) return { state: 'ready', invitation };
  if (user) return { state: 'other_person', invitation, signedInAs: user.email };
  const [account] = await db.select({ id: users.id }).from(users).where(eq(users.email, email));
  return { state: account ? 'sign_in' : 'new_person', invitation };
}

async function isActive(db: Queryable, teamId: string, userId: string): Promise<boolean> {
  const condition = and(eq(members.teamId, teamId), eq(members.userId, userId), eq(members.status, 'active'));
  return (await db.$count(members, condition)) > 0;
}

export type InvitationRow = InvitationDetails & {
  id: string;
  generation: number;
  via: Via;
  teamId: string;
  slug: string;
  inviterEmail: string;
  accepted: boolean;
  expired: boolean;
};

/**
 * The invitation behind a token, unless it was cancelled, its team deleted, or whoever sent it may not invite with that
 * role any more (ASVS 8.3.2). `lock` keeps the team and its members (see `lockTeam`) as they are until commit, and
 * makes others who join wait.
 */
export async function invitationByToken(
  { db, settings }: DbAndSettings,
  token: string,
  lock = false,
): Promise<InvitationRow | null> {
  const located = await locateInvitation({ db, settings }, token);
  if (!located) return null;
  // A statement of its own: the one below then sees what was committed while this one waited.
  if (lock)
    await db
      .select({ id: teams.id })
      .from(teams)
      .innerJoin(invitations, eq(invitations.teamId, teams.id))
      .where(eq(invitations.id, located.id))
      .for('no key update', { of: teams });
  const [row] = await db
    .select({
      teamId: invitations.teamId,
      role: invitations.role,
      message: invitations.message,
      name: invitations.name,
      email: invitations.email,
      expiresAt: invitations.expiresAt,
      accepted: sql<boolean>`${invitations.acceptedAt} is not null`,
      expired: sql<boolean>`${invitations.expiresAt} <= now()`,
      team: teams.name,
      slug: teams.slug,
      inviter: users.name,
      inviterEmail: users.email,
      inviterRole: members.role,
    })
    .from(invitations)
    .innerJoin(teams, eq(teams.id, invitations.teamId))
    .innerJoin(members, and(eq(members.id, invitations.invitedBy), eq(members.teamId, invitations.teamId)))
    .innerJoin(users, eq(users.id, members.userId))
    .where(
      and(
        eq(invitations.id, located.id),
        eq(invitations.generation, located.generation),
        isNull(invitations.cancelledAt),
        isNull(teams.deletedAt),
        eq(members.status, 'active'),
      ),
    );
  if (!row || !can({ role: row.inviterRole }, inviteAction(row.role))) return null;
  const { inviterRole: _, ...rest } = row;
  return { ...located, ...rest };
}
