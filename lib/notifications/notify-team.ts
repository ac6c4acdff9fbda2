import { and, asc, eq, inArray, or } from 'drizzle-orm';
import type { Db, Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { notificationSettings, notifications } from '#db/schema/notifications.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { Settings } from '#lib/access/settings.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import type { Happening } from './event.ts';

type Person = { id: string; role: 'owner' | 'admin' | 'member'; name: string; email: string };
type Choice = { shown: boolean; mailed: boolean };

/** A statement has 65,534 parameters. */
const ROWS_PER_INSERT = 1_000;

/**
 * Tells the people of a team what they were not told before: owners and admins of all, a member of his own key. The
 * row is the claim: of two processes the second finds it there and mails nothing. Everything new to a person is one mail.
 */
export async function tellTeam(
  { db, settings }: { db: Db; settings: Settings },
  teamId: string,
  happenings: readonly Happening[],
): Promise<{ told: number; mails: number }> {
  const known = await readKnown(db, teamId, happenings);
  const people = await readPeople(db, teamId, happenings);
  const isNew = (person: Person, { cause }: Happening) => !known.has(`${person.id} ${cause}`);
  const news = people.flatMap((person) =>
    happenings
      .filter((happening) => concerns(person, happening) && isNew(person, happening))
      .map((happening) => ({ person, happening })),
  );
  if (news.length === 0) return { told: 0, mails: 0 };

  return db.transaction(async (tx) => {
    const [team] = await tx
      .select({ name: teams.name, slug: teams.slug })
      .from(teams)
      .where(eq(teams.id, teamId));
    const base = `/t/${team!.slug}`; // What has happenings is there.
    const choices = await readChoices(tx, teamId);
    const choiceOf = (person: Person, kind: string): Choice =>
      choices.get(`${person.id} ${kind}`) ?? { shown: true, mailed: true };
    const rows = news
      .filter(({ person, happening }) => {
        const { shown, mailed } = choiceOf(person, happening.kind);
        return shown || (mailed && happening.mails !== false);
      })
      .map(({ person, happening: { kind, cause, title, body, path } }) => ({
        ...{ teamId, memberId: person.id, kind, cause, title, body, href: `${base}${path}` },
      }))
      // In one order always, so that two processes do not wait for each other.
      .toSorted((a, b) => (`${a.memberId} ${a.cause}` < `${b.memberId} ${b.cause}` ? -1 : 1));
    if (rows.length === 0) return { told: 0, mails: 0 };
    const claimed = new Set<string>();
    for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
      const told = await tx
        .insert(notifications)
        .values(rows.slice(from, from + ROWS_PER_INSERT))
        .onConflictDoNothing()
        .returning({ memberId: notifications.memberId, cause: notifications.cause });
      for (const { memberId, cause } of told) claimed.add(`${memberId} ${cause}`);
    }
    const toMail = news.filter(
      ({ person, happening }) =>
        claimed.has(`${person.id} ${happening.cause}`) &&
        happening.mails !== false &&
        choiceOf(person, happening.kind).mailed,
    );
    const byPerson = Map.groupBy(toMail, ({ person }) => person);
    for (const [person, items] of byPerson)
      await enqueueMail(
        { db: tx, settings },
        {
          to: person.email,
          template: 'notification',
          props: {
            name: person.name,
            team: team!.name,
            items: items.map(({ happening: { title, body, path } }) => ({
              ...{ title, body, link: `${settings.portalUrl}${base}${path}` },
            })),
            settingsLink: `${settings.portalUrl}${base}/notifications`,
            why: person.role === 'member' ? 'the key is yours' : `you are an ${person.role} of the team`,
          },
        },
      );
    return { told: claimed.size, mails: byPerson.size };
  });
}

const concerns = (person: Person, { keyMemberId }: Happening): boolean =>
  person.role !== 'member' || person.id === keyMemberId;

/** The active members who may be concerned. */
function readPeople(db: Queryable, teamId: string, happenings: readonly Happening[]): Promise<Person[]> {
  const holders = happenings.flatMap(({ keyMemberId }) => keyMemberId ?? []);
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

/** Who was told of what already: most of what is found a minute later. */
async function readKnown(
  db: Queryable,
  teamId: string,
  happenings: readonly Happening[],
): Promise<Set<string>> {
  const causes = happenings.map(({ cause }) => cause);
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
