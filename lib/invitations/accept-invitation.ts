import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { invitations, members } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { mint, type User } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { PersonName } from '#lib/access/text.ts';
import { makeAccountLink } from '#lib/accounts/account-token.ts';
import { markVerified } from '#lib/accounts/mark-verified.ts';
import { NewPassword, refusal } from '#lib/accounts/new-password.ts';
import { hashPassword } from '#lib/accounts/password.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import { hasRoom } from '#lib/members/seats.ts';
import { contactsOf } from './contacts.ts';
import { canTakeOver, type InvitationRow, invitationByToken } from './find-invitation.ts';
import { InvitationToken } from './input.ts';

type Accepted = { ok: true; slug: string } | { ok: false; reason: 'unusable' | 'other_person' | 'team_full' };

/** Joins the team as the signed-in user, who must be the invited person. */
export async function acceptInvitation(
  { db, user, settings }: { db: Db; user: User; settings: Settings },
  { token }: z.output<typeof InvitationToken>,
): Promise<Accepted> {
  return db.transaction(async (tx) => {
    const invitation = await invitationByToken({ db: tx, settings }, token, true);
    if (!invitation) return { ok: false, reason: 'unusable' };
    if (invitation.email !== user.email) return { ok: false, reason: 'other_person' };
    if ((await membershipOf(tx, invitation, user.userId)) !== 'outside')
      return { ok: false, reason: 'unusable' };
    const refused = await claimOrRefuse(tx, invitation);
    if (refused) return { ok: false, reason: refused };

    if (invitation.via === 'mailed') await markVerified({ db: tx, settings }, user.userId, user.sessionId);
    await join({ db: tx, settings }, invitation, user);
    return { ok: true, slug: invitation.slug };
  });
}

export const AcceptAsNewPerson = z.object({
  ...InvitationToken.shape,
  name: PersonName(),
  password: NewPassword,
});

type AcceptedAsNew =
  | { ok: true; slug: string; email: string }
  | { ok: false; reason: 'unusable' | 'account_exists' | 'team_full' }
  | { ok: false; reason: 'weak_password'; message: string };

/**
 * Creates the invited person's account and joins the team, in one transaction. The address comes from the invitation,
 * never from the form. An emailed link has verified it, and takes over an account that somebody else may have created
 * with the address; after a copied link, an email asks to verify it.
 */
export async function acceptAsNewPerson(
  { db, ip, settings }: { db: Db; ip: string | null; settings: Settings },
  { token, name, password }: z.output<typeof AcceptAsNewPerson>,
): Promise<AcceptedAsNew> {
  // A cheap check before the expensive hash. The claim below decides.
  const open = await invitationByToken({ db, settings }, token);
  if (!open || open.accepted || open.expired) return { ok: false, reason: 'unusable' };
  const message = refusal(password, [name, open.email, open.team]);
  if (message) return { ok: false, reason: 'weak_password', message };
  const passwordHash = await hashPassword(password);

  return db.transaction(async (tx) => {
    const invitation = await invitationByToken({ db: tx, settings }, token, true);
    if (!invitation) return { ok: false, reason: 'unusable' };
    const { email, slug, via } = invitation;
    const account = await accountOf(tx, invitation);
    if (account === 'other' || (account && invitation.accepted))
      return { ok: false, reason: invitation.accepted ? 'unusable' : 'account_exists' };
    const refused = await claimOrRefuse(tx, invitation);
    if (refused) return { ok: false, reason: refused };

    const user = { email, name, passwordHash };
    const userId = account ? await takeOver(tx, account.userId, user) : await create(tx, user);
    if (via === 'mailed') await markVerified({ db: tx, settings }, userId);
    else {
      const link = await makeAccountLink({ db: tx, settings }, userId, 'verify_email');
      await enqueueMail({ db: tx, settings }, { to: email, template: 'verify-email', props: { name, link } });
    }
    await join({ db: tx, settings }, invitation, { userId, name, email, ip });
    return { ok: true, slug, email };
  });
}

/** The account with the invited address: none, one that the invitation takes over, or another person's. */
async function accountOf(tx: Queryable, invitation: InvitationRow) {
  const [account] = await tx
    .select({ userId: users.id, verifiedAt: users.emailVerifiedAt })
    .from(users)
    .where(eq(users.email, invitation.email))
    .for('update');
  if (!account) return null;
  const isTaken =
    canTakeOver(invitation, account) && (await membershipOf(tx, invitation, account.userId)) === 'outside';
  return isTaken ? account : 'other';
}

type NewAccount = { email: string; name: string; passwordHash: string };

/** A simultaneous sign-up with the same address violates the unique index and rolls this back. */
async function create(tx: Queryable, { email, name, passwordHash }: NewAccount): Promise<string> {
  const [user] = await tx.insert(users).values({ email, name, passwordHash }).returning({ id: users.id });
  const subject = { kind: 'user' as const, id: user!.id };
  await recordAudit(tx, 'system', 'account.create', subject, { after: { email, name } });
  return user!.id;
}

/** Verifying the address afterwards removes the rest of what the account had: see `markVerified`. */
async function takeOver(tx: Queryable, userId: string, { email, name, passwordHash }: NewAccount) {
  await tx.update(users).set({ name, passwordHash }).where(eq(users.id, userId));
  await recordAudit(tx, 'system', 'account.claim', { kind: 'user', id: userId }, { after: { email, name } });
  return userId;
}

/** Claims the invitation, or returns why not. If the team is full it stays open, and works once there is room. */
async function claimOrRefuse(tx: Queryable, invitation: InvitationRow) {
  if (invitation.accepted || invitation.expired) return 'unusable';
  if (!(await hasRoom(tx, invitation.teamId))) return 'team_full';
  return (await claim(tx, invitation)) ? null : 'unusable';
}

/** Marks an open invitation as accepted. If several try at once, exactly one succeeds (ASVS 2.3.4, 15.4.2). */
async function claim(tx: Queryable, { id, generation }: InvitationRow): Promise<boolean> {
  const claimed = await tx
    .update(invitations)
    .set({ acceptedAt: sql`now()` })
    .where(
      and(
        eq(invitations.id, id),
        eq(invitations.generation, generation),
        isNull(invitations.acceptedAt),
        isNull(invitations.cancelledAt),
        gt(invitations.expiresAt, sql`now()`),
      ),
    )
    .returning({ id: invitations.id });
  return claimed.length === 1;
}

/** An invitation is for non-members. It doesn't lift a suspension. */
async function membershipOf(tx: Queryable, { teamId }: InvitationRow, userId: string) {
  const [row] = await tx
    .select({ status: members.status })
    .from(members)
    .where(and(eq(members.teamId, teamId), eq(members.userId, userId)))
    .for('update');
  return row && row.status !== 'removed' ? 'inside' : 'outside';
}

type Person = Pick<User, 'userId' | 'name' | 'email' | 'ip'>;

/** Stores the membership. A removed member gets their row back with the new role. */
async function join(
  { db: tx, settings }: DbAndSettings,
  invitation: InvitationRow,
  person: Person,
): Promise<void> {
  const { id, teamId, slug, team, role, email } = invitation;
  const { userId, name, ip } = person;
  const [row] = await tx
    .insert(members)
    .values({ teamId, userId, role })
    .onConflictDoUpdate({
      target: [members.teamId, members.userId],
      set: { role, status: 'active', statusAt: sql`now()`, guidelinesConfirmedAt: null },
      setWhere: eq(members.status, 'removed'),
    })
    .returning({ id: members.id });
  const memberId = row!.id;
  await tx.update(invitations).set({ acceptedBy: memberId }).where(eq(invitations.id, id));
  // The row just written proves the membership.
  const member = mint({ memberId, teamId, teamSlug: slug, userId, role, name, email, ip });
  const subject = { kind: 'member' as const, id: memberId };
  await recordAudit(tx, member, 'invitation.accept', subject, { after: { email, role, invitation: id } });
  const link = `${settings.portalUrl}/t/${slug}/members`;
  for (const contact of await contactsOf(tx, invitation)) {
    const props = { name: contact.name, team, joined: name, link };
    await enqueueMail({ db: tx, settings }, { to: contact.email, template: 'invitation-accepted', props });
  }
}
