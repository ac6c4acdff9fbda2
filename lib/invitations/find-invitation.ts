import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { invitations, members, teams } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import type { User } from '#lib/access/member.ts';
import type { Role } from '#lib/access/permissions.ts';
import type { Settings } from '#lib/access/settings.ts';
import { hasRoom } from '#lib/members/seats.ts';
import { contactsOf } from './contacts.ts';
import type { InvitationToken } from './input.ts';
import { locateInvitation, type Via } from './invitation-link.ts';

/** What the page shows about an invitation. Names and message are untrusted text. */
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
  /** Canceled, used, replaced, made up, or of a deleted team. The page doesn't say which. */
  | { state: 'unusable' }
  /** `contact` is who to ask: the inviter, or an owner if the inviter is no longer in charge of invitations. */
  | { state: 'expired'; team: string; inviter: string; contact: string }
  /** The team has as many members as its plan allows. The link works again once there is room. */
  | { state: 'team_full'; team: string; contact: string }
  | { state: 'new_person'; invitation: InvitationDetails }
  | { state: 'sign_in'; invitation: InvitationDetails }
  | { state: 'ready'; invitation: InvitationDetails }
  | { state: 'other_person'; invitation: InvitationDetails; signedInAs: string }
  | { state: 'already_member'; team: string; slug: string };

/** What an invitation's page shows. Reading it doesn't use the invitation: email scanners open links too. */
export async function findInvitation(
  { db, user, settings }: { db: Queryable; user: User | null; settings: Settings },
  { token }: z.output<typeof InvitationToken>,
): Promise<FoundInvitation> {
  const found = await invitationByToken({ db, settings }, token);
  if (!found) return { state: 'unusable' };
  const { team, slug, inviter, role, message, name, email, expiresAt } = found;
  const isInvited = user?.email === email;
  if (isInvited && (await isMember(db, found.teamId, user.userId)))
    return { state: 'already_member', team, slug };
  if (found.accepted) return { state: 'unusable' };
  if (found.expired || !(await hasRoom(db, found.teamId))) {
    const contact = (await contactsOf(db, found))[0]?.name ?? inviter;
    if (found.expired) return { state: 'expired', team, inviter, contact };
    return { state: 'team_full', team, contact };
  }

  const invitation = { team, inviter, role, message, name, email, expiresAt };
  if (isInvited) return { state: 'ready', invitation };
  if (user) return { state: 'other_person', invitation, signedInAs: user.email };
  const [account] = await db
    .select({ id: users.id, verifiedAt: users.emailVerifiedAt })
    .from(users)
    .where(eq(users.email, email));
  const isNew = !account || (canTakeOver(found, account) && !(await isMember(db, found.teamId, account.id)));
  return { state: isNew ? 'new_person' : 'sign_in', invitation };
}

/**
 * Anyone can sign up with someone else's address. The emailed link proves who reads the mailbox, so its holder doesn't
 * need the password of such an account, and replaces it.
 */
export const canTakeOver = ({ via }: { via: Via }, account: { verifiedAt: Date | null }): boolean =>
  via === 'mailed' && account.verifiedAt === null;

/** Suspended members count too: opening the team tells them why they can't use it. */
async function isMember(db: Queryable, teamId: string, userId: string): Promise<boolean> {
  const condition = and(
    eq(members.teamId, teamId),
    eq(members.userId, userId),
    ne(members.status, 'removed'),
  );
  return (await db.$count(members, condition)) > 0;
}

export type InvitationRow = InvitationDetails & {
  id: string;
  generation: number;
  via: Via;
  teamId: string;
  slug: string;
  invitedBy: string;
  accepted: boolean;
  expired: boolean;
};

/**
 * The invitation behind a token, unless it was canceled or its team deleted. It belongs to the team: it stays valid when
 * the inviter leaves, is suspended or changes role, until someone cancels it. `lock` locks the team's row (see
 * `lockTeam`), so that the number of seats stays exact until commit.
 */
export async function invitationByToken(
  { db, settings }: DbAndSettings,
  token: string,
  lock = false,
): Promise<InvitationRow | null> {
  const located = await locateInvitation({ db, settings }, token);
  if (!located) return null;
  // Its own statement, so that the one below sees what was committed while this one waited.
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
      invitedBy: invitations.invitedBy,
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
      ),
    );
  return row ? { ...located, ...row } : null;
}
