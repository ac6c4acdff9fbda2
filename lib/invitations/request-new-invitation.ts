import { and, eq, isNull, lte, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Db } from '#db/client.ts';
import { invitations } from '#db/schema/teams.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import { contactsOf } from './contacts.ts';
import { invitationByToken } from './find-invitation.ts';
import type { InvitationToken } from './input.ts';

/**
 * Asks the contact of an expired invitation for a new link, once per link. The response is always the same, so it reveals
 * nothing.
 */
export async function requestNewInvitation(
  { db, settings }: { db: Db; settings: Settings },
  { token }: z.output<typeof InvitationToken>,
): Promise<void> {
  await db.transaction(async (tx) => {
    const invitation = await invitationByToken({ db: tx, settings }, token);
    if (!invitation) return;
    const { id, generation, teamId, team, slug, email } = invitation;
    const [asked] = await tx
      .update(invitations)
      .set({ askedAgainAt: sql`now()` })
      .where(
        and(
          eq(invitations.id, id),
          eq(invitations.generation, generation),
          isNull(invitations.acceptedAt),
          isNull(invitations.cancelledAt),
          lte(invitations.expiresAt, sql`now()`),
          isNull(invitations.askedAgainAt),
        ),
      )
      .returning({ id: invitations.id });
    if (!asked) return;
    await recordAudit(
      tx,
      'system',
      'invitation.ask_again',
      { kind: 'invitation', id },
      { teamId, after: { email } },
    );
    const link = `${settings.portalUrl}/t/${slug}/members`;
    for (const contact of await contactsOf(tx, invitation)) {
      const props = { name: contact.name, team, invited: `${invitation.name} (${email})`, link };
      await enqueueMail(
        { db: tx, settings },
        { to: contact.email, template: 'invitation-asked-again', props },
      );
    }
  });
}
