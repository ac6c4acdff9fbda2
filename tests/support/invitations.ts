import { and, asc, desc, eq } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { outbox } from '#db/schema/mail.ts';
import { invitations } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import type { Role } from '#lib/access/permissions.ts';
import { InviteMembers } from '#lib/invitations/input.ts';
import { invitationLink } from '#lib/invitations/invitation-link.ts';
import { inviteMembers } from '#lib/invitations/invite-members.ts';
import type { MailProps, Template } from '#lib/mail/enqueue.ts';
import { unseal } from '#lib/vault/seal.ts';
import { settings } from '#tests/support/settings.ts';

/** The queued emails of one template, decrypted, oldest first. */
export async function mailsOf<T extends Template>(
  db: Queryable,
  template: T,
): Promise<{ id: string; to: string; props: MailProps[T] }[]> {
  const rows = await db
    .select({ id: outbox.id, to: outbox.recipient, sealed: outbox.sealedProps })
    .from(outbox)
    .where(eq(outbox.template, template))
    .orderBy(asc(outbox.id));
  return rows.map(({ id, to, sealed }) => ({
    ...{ id, to },
    props: JSON.parse(unseal(sealed!, id, settings.encryptionKey)) as MailProps[T], // Sealed by enqueueMail.
  }));
}

export const tokenOfLink = (link: string): string => link.slice(link.lastIndexOf('/') + 1);

/** A person invited to the team, with the token from their email. */
export async function anInvitation(
  db: Parameters<typeof inviteMembers>[0]['db'],
  member: Member,
  {
    email = `guest-${crypto.randomUUID()}@example.com`,
    name = 'Grace Guest',
    role = 'member' as Role,
    message = '',
  } = {},
) {
  const input = InviteMembers.parse({ people: [{ name, email }], role, message });
  const [outcome] = await inviteMembers({ db, member, settings }, input);
  if (outcome?.outcome !== 'sent') throw new Error(`not invited: ${outcome?.outcome}`);
  const [row] = await db
    .select({ id: invitations.id, generation: invitations.generation })
    .from(invitations)
    .where(and(eq(invitations.teamId, member.teamId), eq(invitations.email, outcome.email)))
    .orderBy(desc(invitations.id));
  const link = invitationLink(settings, row!, 'mailed');
  return { id: row!.id, email: outcome.email, link, token: tokenOfLink(link) };
}
