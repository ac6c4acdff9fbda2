import { and, asc, eq, inArray, or } from 'drizzle-orm';
import type { Db, Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { notificationSettings, notifications } from '#db/schema/notifications.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { Settings } from '#lib/access/settings.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import type { NotificationEvent } from './event.ts';

type Person = { id: string; role: 'owner' | 'admin' | 'member'; name: string; email: string };
type Choice = { shown: boolean; mailed: boolean };

/** A statement can have 65,534 parameters. */
const ROWS_PER_INSERT = 1_000;

/**
 * Notifies members of a team about new events: owners and admins about all, members about their own keys. The inserted row
 * is the claim: a second process finds it and sends no email. All new events of a person go into one email.
 */
export async function notifyTeam(
  { db, settings }: { db: Db; settings: Settings },
  teamId: string,
  events: readonly NotificationEvent[],
): Promise<{ notified: number; emails: number }> {
  const known = await readKnown(db, teamId, events);
  const people = await readPeople(db, teamId, events);
  const isNew = (person: Person, { cause }: NotificationEvent) => !known.has(`${person.id} ${cause}`);
  const news = people.flatMap((person) =>
    events
      .filter((event) => concerns(person, event) && isNew(person, event))
      .map((event) => ({ person, event })),
  );
  if (news.length === 0) return { notified: 0, emails: 0 };

  return db.transaction(async (tx) => {
    const [team] = await tx
      .select({ name: teams.name, slug: teams.slug })
      .from(teams)
      .where(eq(teams.id, teamId));
    const base = `/t/${team!.slug}`; // A team with events exists.
    const choices = await readChoices(tx, teamId);
    const choiceOf = (person: Person, kind: string): Choice =>
      choices.get(`${person.id} ${kind}`) ?? { shown: true, mailed: true };
    const rows = news
      .filter(({ person, event }) => {
        const { shown, mailed } = choiceOf(person, event.kind);
        return shown || (mailed && event.emails !== false);
      })
      .map(({ person, event: { kind, cause, title, body, path } }) => ({
        ...{ teamId, memberId: person.id, kind, cause, title, body, href: `${base}${path}` },
      }))
      // Always in the same order, so that two processes can't deadlock.
      .toSorted((a, b) => (`${a.memberId} ${a.cause}` < `${b.memberId} ${b.cause}` ? -1 : 1));
    if (rows.length === 0) return { notified: 0, emails: 0 };
    const claimed = new Set<string>();
    for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
      const inserted = await tx
        .insert(notifications)
        .values(rows.slice(from, from + ROWS_PER_INSERT))
        .onConflictDoNothing()
        .returning({ memberId: notifications.memberId, cause: notifications.cause });
      for (const { memberId, cause } of inserted) claimed.add(`${memberId} ${cause}`);
    }
    const toEmail = news.filter(
      ({ person, event }) =>
        claimed.has(`${person.id} ${event.cause}`) &&
        event.emails !== false &&
        choiceOf(person, event.kind).mailed,
    );
    const byPerson = Map.groupBy(toEmail, ({ person }) => person);
    for (const [person, items] of byPerson)
      await enqueueMail(
        { db: tx, settings },
        {
          to: person.email,
          template: 'notification',
          props: {
            name: person.name,
            team: team!.name,
            items: items.map(({ event: { title, body, path } }) => ({
              ...{ title, body, link: `${settings.portalUrl}${base}${path}` },
            })),
            settingsLink: `${settings.portalUrl}${base}/notifications`,
            why: person.role === 'member' ? 'the API key is yours' : `you’re an ${person.role} of this team`,
          },
        },
      );
    return { notified: claimed.size, emails: byPerson.size };
  });
}

const concerns = (person: Person, { keyMemberId }: NotificationEvent): boolean =>
  person.role !== 'member' || person.id === keyMemberId;

/** The active members that the events can be about. */
function readPeople(db: Queryable, teamId: string, events: readonly NotificationEvent[]): Promise<Person[]> {
  const holders = events.flatMap(({ keyMemberId }) => keyMemberId ?? []);
  return db
    .select({ id: members.id, role: members.role, name: users.name, email: users.email })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(
      and(
        eq(members.teamId, teamId),
        eq(members.status, 'active'),
        or(inArray(members.role, ['owner', 'admin']), inArray(members.id, holders)),
      ),
    )
    .orderBy(asc(members.id));
}

/** Who has already been notified of which event. The job finds the same events every minute. */
async function readKnown(
  db: Queryable,
  teamId: string,
  events: readonly NotificationEvent[],
): Promise<Set<string>> {
  const causes = events.map(({ cause }) => cause);
  const rows = await db
    .select({ memberId: notifications.memberId, cause: notifications.cause })
    .from(members)
    .innerJoin(notifications, eq(notifications.memberId, members.id))
    .where(and(eq(members.teamId, teamId), inArray(notifications.cause, causes)));
  return new Set(rows.map(({ memberId, cause }) => `${memberId} ${cause}`));
}

async function readChoices(db: Queryable, teamId: string): Promise<Map<string, Choice>> {
  const rows = await db
    .select({
      memberId: notificationSettings.memberId,
      kind: notificationSettings.kind,
      shown: notificationSettings.shown,
      mailed: notificationSettings.mailed,
    })
    .from(notificationSettings)
    .where(eq(notificationSettings.teamId, teamId));
  return new Map(rows.map(({ memberId, kind, shown, mailed }) => [`${memberId} ${kind}`, { shown, mailed }]));
}
