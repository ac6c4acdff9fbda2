import { and, eq, inArray, ne, or } from 'drizzle-orm';
import { users } from '#db/schema/accounts.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import type { Member } from '#lib/access/member.ts';
import { asLine } from '#lib/access/text.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';

/** Emails owners, admins and the owner of the key that it is compromised, except the person who reported it. */
export async function mailIncident(
  { db: tx, settings }: DbAndSettings,
  member: Member,
  incident: { incidentId: string; name: string; memberId: string | null },
): Promise<void> {
  const people = await tx
    .select({ id: members.id, email: users.email, name: users.name, team: teams.name })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .innerJoin(teams, eq(teams.id, members.teamId))
    .where(
      and(
        eq(members.teamId, member.teamId),
        eq(members.status, 'active'),
        ne(members.id, member.memberId),
        or(
          inArray(members.role, ['owner', 'admin']),
          incident.memberId ? eq(members.id, incident.memberId) : undefined,
        ),
      ),
    );
  for (const person of people)
    await enqueueMail(
      { db: tx, settings },
      {
        to: person.email,
        template: 'incident-opened',
        props: {
          name: person.name,
          team: asLine(person.team, 80),
          by: asLine(member.name, 80),
          keyName: asLine(incident.name, 80),
          link: `${settings.portalUrl}/t/${member.teamSlug}/incidents/${incident.incidentId}`,
          why: person.id === incident.memberId ? 'the API key was yours' : 'you manage this team',
        },
      },
    );
}
