import { eq } from 'drizzle-orm';
import { invitations } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import type { Role } from '#lib/access/permissions.ts';
import { asLine } from '#lib/access/text.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import { roleTitle } from '#lib/members/role-title.ts';
import { invitationLink } from './invitation-link.ts';

type Invitation = {
  id: string;
  generation: number;
  email: string;
  name: string;
  role: Role;
  message: string;
  expiresAt: Date;
};

/** Queues an invitation's email and stores its ID on the row. Names of people and teams are untrusted text. */
export async function mailInvitation(
  { db: tx, settings }: DbAndSettings,
  from: { inviter: string; team: string },
  { email, name, role, message, expiresAt, ...version }: Invitation,
): Promise<void> {
  const mailId = await enqueueMail(
    { db: tx, settings },
    {
      to: email,
      template: 'invitation',
      props: {
        ...{ name, message, role: roleTitle(role) },
        team: asLine(from.team, 80),
        inviter: asLine(from.inviter, 80),
        link: invitationLink(settings, version, 'mailed'),
        expiresAt: expiresAt.toISOString(),
      },
    },
  );
  await tx.update(invitations).set({ mailId }).where(eq(invitations.id, version.id));
}
