import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { notificationSettings, notifications } from '#db/schema/notifications.ts';
import { members } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { type Environment, sharedKeyOf } from '#lib/credentials/format.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import type { ExposureSource } from './record-exposure.ts';
import { SOURCE_WORDS } from './sources.ts';

/** After the find the key is revoked because of it, was dead before, or still works; or it was only typed into a form. */
export type Outcome = 'revoked' | 'dead' | 'works' | 'typed';

type Key = {
  teamId: string;
  keyId: string;
  name: string;
  environment: Environment;
  memberId: string | null;
  team: string;
  slug: string;
};
type Exposure = {
  /** Null when a find that was known before now led to the revocation. */
  id: string | null;
  source: ExposureSource;
  place: string;
  note: string;
  foundAt: Date | null;
  outcome: Outcome;
};

const TITLES: Readonly<Record<Outcome, (name: string) => string>> = {
  revoked: (name) => `“${name}” was found and is revoked`,
  dead: (name) => `The dead key “${name}” was found`,
  works: (name) => `The secret of “${name}” was found: replace it`,
  typed: (name) => `The secret of “${name}” was typed into a form`,
};

/** Tells owners, admins and the member whose key it is: a notification and a mail each, as they have set it. */
export async function tellExposure(
  { db: tx, settings }: DbAndSettings,
  key: Key,
  exposure: Exposure,
): Promise<void> {
  const { outcome, source, place, note } = exposure;
  const path = `/t/${key.slug}/api-keys/${key.keyId}`;
  const told = {
    title: TITLES[outcome](key.name),
    body: place ? `${SOURCE_WORDS[source]}: ${place}` : `${SOURCE_WORDS[source]}.`,
  };
  const cause = `exposure:${exposure.id ?? `${key.keyId}:revoked`}`;
  for (const person of await whoMustKnow(tx, key)) {
    if (person.shown)
      await tx
        .insert(notifications)
        .values({ teamId: key.teamId, memberId: person.id, kind: 'exposure', cause, href: path, ...told })
        .onConflictDoNothing();
    if (!person.mailed) continue;
    const props = {
      ...{ name: person.name, team: key.team, keyName: key.name, outcome, place, note },
      sharedKey: sharedKeyOf(key.environment, key.keyId),
      source: SOURCE_WORDS[source],
      foundAt: (exposure.foundAt ?? new Date()).toISOString(),
      link: `${settings.portalUrl}${path}`,
      why: person.role === 'member' ? 'the key is yours' : `you are an ${person.role} of the team`,
    };
    await enqueueMail({ db: tx, settings }, { to: person.email, template: 'key-exposed', props });
  }
}

function whoMustKnow(tx: Queryable, key: Key) {
  const chose = (column: typeof notificationSettings.shown | typeof notificationSettings.mailed) =>
    sql<boolean>`coalesce(${column}, true)`;
  return tx
    .select({
      ...{ id: members.id, role: members.role, name: users.name, email: users.email },
      ...{ shown: chose(notificationSettings.shown), mailed: chose(notificationSettings.mailed) },
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .leftJoin(
      notificationSettings,
      and(eq(notificationSettings.memberId, members.id), eq(notificationSettings.kind, 'exposure')),
    )
    .where(
      and(
        eq(members.teamId, key.teamId),
        eq(members.status, 'active'),
        or(
          inArray(members.role, ['owner', 'admin']),
          key.memberId ? eq(members.id, key.memberId) : undefined,
        ),
      ),
    )
    .orderBy(asc(members.id));
}
