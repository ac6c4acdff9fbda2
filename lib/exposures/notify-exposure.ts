import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { notificationSettings, notifications } from '#db/schema/notifications.ts';
import { members } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { type Environment, sharedKeyOf } from '#lib/credentials/format.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import { type ExposureSource, SOURCE_LABELS } from './sources.ts';

/** The key was revoked because of the exposure, was already inactive, or still works; or it was entered in a form. */
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
  /** Null if an exposure that was already recorded led to the revocation. */
  id: string | null;
  source: ExposureSource;
  place: string;
  note: string;
  foundAt: Date | null;
  outcome: Outcome;
};

const TITLES: Readonly<Record<Outcome, (name: string) => string>> = {
  revoked: (name) => `“${name}” was found in public and is now revoked`,
  dead: (name) => `The inactive key “${name}” was found in public`,
  works: (name) => `The secret key of “${name}” was found in public: replace it`,
  typed: (name) => `The secret key of “${name}” was entered in a form`,
};

/** Notifies owners, admins and the owner of the key, on the site and by email, according to their settings. */
export async function notifyExposure(
  { db: tx, settings }: DbAndSettings,
  key: Key,
  exposure: Exposure,
): Promise<void> {
  const { outcome, source, place, note } = exposure;
  const path = `/t/${key.slug}/api-keys/${key.keyId}`;
  const content = {
    title: TITLES[outcome](key.name),
    body: place ? `${SOURCE_LABELS[source]}: ${place}` : `${SOURCE_LABELS[source]}.`,
  };
  const cause = `exposure:${exposure.id ?? `${key.keyId}:revoked`}`;
  for (const person of await recipientsOf(tx, key)) {
    if (person.shown)
      await tx
        .insert(notifications)
        .values({ teamId: key.teamId, memberId: person.id, kind: 'exposure', cause, href: path, ...content })
        .onConflictDoNothing();
    if (!person.mailed) continue;
    const props = {
      ...{ name: person.name, team: key.team, keyName: key.name, outcome, place, note },
      sharedKey: sharedKeyOf(key.environment, key.keyId),
      source: SOURCE_LABELS[source],
      foundAt: (exposure.foundAt ?? new Date()).toISOString(),
      link: `${settings.portalUrl}${path}`,
      why: person.role === 'member' ? 'it’s your API key' : `you’re an ${person.role} of this team`,
    };
    await enqueueMail({ db: tx, settings }, { to: person.email, template: 'key-exposed', props });
  }
}

function recipientsOf(tx: Queryable, key: Key) {
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
