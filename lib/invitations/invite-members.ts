import { and, eq, isNull, lte, ne, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { z } from 'zod';
import type { Db, Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { invitations, memberRole, members } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import type { Settings } from '#lib/access/settings.ts';
import { asLine, Message, OptionalName } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { normaliseMailbox } from '#lib/mail/address.ts';
import { lockTeam } from '#lib/members/membership.ts';
import { inviteAction } from '#lib/members/role-title.ts';
import { seatsLeft, seatsOf } from '#lib/members/seats.ts';
import { INVITATION_HOURS, invitationDigest } from './invitation-link.ts';
import { mailInvitation } from './mail-invitation.ts';
import { mayMail } from './throttle.ts';

/** People one form may ask in. */
const INVITED_AT_ONCE_MAX = 50;
const MESSAGE_MAX = 500;

/** What all people of one form have in common. */
export const InvitationTerms = z.object({
  role: z.enum(memberRole.enumValues, { error: 'Choose a role.' }),
  message: Message(MESSAGE_MAX).default(''),
});

export const InviteMembers = z.object({
  people: z
    .array(
      z.object({
        /** Empty: the part of the address before the @ stands in. */
        name: OptionalName,
        /** As typed; what is no mailbox gets an outcome of its own. */
        email: z.string().max(1_000, 'One of the lines is too long for an address.'),
      }),
      { error: 'Enter at least one address.' },
    )
    .min(1, 'Enter at least one address.')
    .max(INVITED_AT_ONCE_MAX, `Invite at most ${INVITED_AT_ONCE_MAX} people at once.`),
  ...InvitationTerms.shape,
});
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
 * Asks people into the team: one outcome for each address, in the order given. Whether an address has an account
 * shows nowhere (ASVS 6.3.8), and a mail goes out if, and only if, its invitation is stored.
 */
export async function inviteMembers(
  { db, member, settings }: { db: Db; member: Member; settings: Settings },
  input: Input,
): Promise<Invited[]> {
  authorize(member, inviteAction(input.role));

  const asked = input.people.map(({ name, email }, place) => {
    const address = normaliseMailbox(email);
    return { place, email: address ?? asLine(email, 254), valid: address !== null, name };
  });
  return db.transaction(async (tx) => {
    const { actor, teamName } = await lockTeam(tx, member);
    authorize(actor, inviteAction(input.role));
    const outcomes: Invited[] = [];
    let seats = seatsLeft(await seatsOf(tx, actor.teamId));
    // In the order of the addresses, so that two forms with the same people do not wait for each other.
    for (const { place, email, valid, name } of asked.toSorted((a, b) => (a.email < b.email ? -1 : 1))) {
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

type Person = Pick<Input, 'role' | 'message'> & { name: string; email: string };

async function inviteOne(
  { db: tx, settings }: DbAndSettings,
  member: Member,
  team: string,
  person: Person,
  hasSeat: boolean,
): Promise<InviteOutcome> {
  const { teamId } = member;
  const { email, name, role, message } = person;
  if (await belongs(tx, teamId, email)) return 'already_member';
  const open = and(
    eq(invitations.teamId, teamId),
    eq(invitations.email, email),
    isNull(invitations.acceptedAt),
    isNull(invitations.cancelledAt),
  );
  // One that ran out makes room: asking the same person again is what one would try.
  const ranOut = and(open, lte(invitations.expiresAt, sql`now()`));
  if ((await tx.$count(invitations, open)) > (await tx.$count(invitations, ranOut))) return 'already_invited';
  if (!hasSeat) return 'no_seat';
  if (!(await mayMail(tx, teamId, email))) return 'too_often';

  await tx.update(invitations).set({ cancelledAt: sql`now()` }).where(ranOut);
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

/** A suspended member belongs: only who was removed can be asked again. */
async function belongs(tx: Queryable, teamId: string, email: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: members.id })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.teamId, teamId), eq(users.email, email), ne(members.status, 'removed')));
  return row !== undefined;
}
