import { and, eq, isNull, lte, ne, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { z } from 'zod';
import type { Db, Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { invitations, members } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import type { Settings } from '#lib/access/settings.ts';
import { asLine } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { normalizeMailbox } from '#lib/mail/address.ts';
import { lockTeam } from '#lib/members/membership.ts';
import { inviteAction } from '#lib/members/role-title.ts';
import { seatsLeft, seatsOf } from '#lib/members/seats.ts';
import type { InvitationTerms, InviteMembers } from './input.ts';
import { INVITATION_HOURS, invitationDigest } from './invitation-link.ts';
import { mailInvitation } from './mail-invitation.ts';
import { takeInvitation } from './throttle.ts';

type Input = z.output<typeof InviteMembers>;

export type InviteOutcome =
  | 'sent'
  | 'already_member'
  | 'already_invited'
  | 'no_seat'
  | 'too_often'
  | 'invalid_address';
export type Invited = { email: string; outcome: InviteOutcome };

/**
 * Invites people to the team, with one outcome per address in the order given. The outcome doesn't reveal whether an
 * address has an account (ASVS 6.3.8). An email is sent if and only if its invitation is stored.
 */
export async function inviteMembers(
  { db, member, settings }: { db: Db; member: Member; settings: Settings },
  input: Input,
): Promise<Invited[]> {
  authorize(member, inviteAction(input.role));

  const entries = input.people.map(({ name, email }, place) => {
    const address = normalizeMailbox(email);
    return { place, email: address ?? asLine(email, 254), valid: address !== null, name };
  });
  return db.transaction(async (tx) => {
    const { actor, teamName } = await lockTeam(tx, member);
    authorize(actor, inviteAction(input.role));
    const outcomes: Invited[] = [];
    let seats = seatsLeft(await seatsOf(tx, actor.teamId));
    // Sorted by address, so that two forms with the same people can't deadlock.
    for (const { place, email, valid, name } of entries.toSorted((a, b) => (a.email < b.email ? -1 : 1))) {
      const outcome = valid
        ? await inviteOne(
            { db: tx, settings },
            actor,
            teamName,
            { ...input, email, name: name || email.split('@')[0]! },
            seats > 0,
          )
        : 'invalid_address';
      if (outcome === 'sent') seats--;
      outcomes[place] = { email, outcome };
    }
    return outcomes;
  });
}

type Person = z.output<typeof InvitationTerms> & { name: string; email: string };

async function inviteOne(
  { db: tx, settings }: DbAndSettings,
  member: Member,
  team: string,
  person: Person,
  hasSeat: boolean,
): Promise<InviteOutcome> {
  const { teamId } = member;
  const { email, name, role, message } = person;
  if (await isMember(tx, teamId, email)) return 'already_member';
  const open = and(
    eq(invitations.teamId, teamId),
    eq(invitations.email, email),
    isNull(invitations.acceptedAt),
    isNull(invitations.cancelledAt),
  );
  // An expired invitation is replaced by a new one.
  const expired = and(open, lte(invitations.expiresAt, sql`now()`));
  if ((await tx.$count(invitations, open)) > (await tx.$count(invitations, expired)))
    return 'already_invited';
  if (!hasSeat) return 'no_seat';
  if (!(await takeInvitation(tx, teamId, email))) return 'too_often';

  await tx.update(invitations).set({ cancelledAt: sql`now()` }).where(expired);
  const version = { id: v7(), generation: 1 };
  const [row] = await tx
    .insert(invitations)
    .values({
      ...{ ...version, teamId, email, name, role, message, invitedBy: member.memberId },
      tokenDigest: invitationDigest(settings, version),
      expiresAt: sql`now() + make_interval(hours => ${INVITATION_HOURS})`,
    })
    .returning({ expiresAt: invitations.expiresAt });
  const from = { inviter: member.name, team };
  await mailInvitation({ db: tx, settings }, from, {
    ...version,
    email,
    name,
    role,
    message,
    expiresAt: row!.expiresAt,
  });
  const subject = { kind: 'invitation' as const, id: version.id };
  await recordAudit(tx, member, 'member.invite', subject, { after: { email, name, role } });
  return 'sent';
}

/** Whether the address is a member's, active or suspended. Removed members can be invited again. */
async function isMember(tx: Queryable, teamId: string, email: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: members.id })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.teamId, teamId), eq(users.email, email), ne(members.status, 'removed')));
  return row !== undefined;
}
