import { and, eq } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { type Environment, type KeyPair, mintKeyPair } from '#lib/credentials/format.ts';
import { successorName } from '#lib/credentials/successor-name.ts';
import { randomBase62 } from '#lib/vault/tokens.ts';
import { type Calendar, DAY_MS, HOUR_MS, idAt } from './calendar.ts';
import type { CastName, Team } from './team.ts';

const EVERYTHING = 'everything';
type App = {
  title: string;
  description: string;
  day: number;
  by: CastName;
  connects: typeof EVERYTHING | readonly string[];
};
const APPS: Record<'default' | 'harbour' | 'tides' | 'logbook', App> = {
  default: {
    title: 'Default app',
    description: 'Holds keys that don’t belong to another app.',
    ...{ day: 97, by: 'owner', connects: EVERYTHING },
  },
  harbour: {
    title: 'Harbour app',
    description: 'Shows skippers today’s weather.',
    ...{ day: 90, by: 'owner', connects: EVERYTHING },
  },
  tides: {
    title: 'Tide tables',
    description: 'Receives reports from the buoys at the piers and sends them the weather.',
    ...{ day: 88, by: 'admin' },
    connects: ['GET /cities', 'GET /cities/{city}/current', 'POST /observations'],
  },
  logbook: {
    title: 'Logbook',
    description: 'Adds the weather of each trip to the skipper’s log.',
    ...{ day: 72, by: 'admin' },
    connects: ['GET /cities', 'GET /cities/{city}', 'GET /cities/{city}/current'],
  },
};

type Spec = {
  app: keyof typeof APPS;
  name: string;
  description: string;
  environment: Environment;
  by: CastName;
  createdAt: Date;
  lifetimeDays?: number;
  /** The member whose own key it is. */
  own?: CastName;
  values?: Partial<typeof credentials.$inferInsert>;
};

/** The keys: at least one in every state that a key can have. */
function specsOf({ now, at }: Calendar) {
  const rotated = at(2, 15);
  const leaked = at(20, 9.2);
  return {
    first: {
      ...{ app: 'harbour', name: 'First key', description: 'The app in the app stores.' },
      ...{ environment: 'production', by: 'owner', createdAt: at(89, 9) },
    },
    night: {
      ...{ app: 'harbour', name: 'Night forecast', description: 'Renders tomorrow’s maps.' },
      ...{ environment: 'production', by: 'admin', lifetimeDays: 90 },
      createdAt: new Date(now - 84 * DAY_MS + HOUR_MS), // Expires in six days and an hour.
      values: { allowedIps: ['203.0.113.16/28'] },
    },
    buoys: {
      ...{ app: 'tides', name: 'Pier buoys', description: 'Built into the buoys.' },
      ...{ environment: 'production', by: 'admin', lifetimeDays: 180, createdAt: at(86, 11) },
      values: { rotatedAt: rotated, retiresAt: new Date(rotated.getTime() + 7 * DAY_MS) },
    },
    buoysNext: {
      ...{ app: 'tides', name: successorName('Pier buoys', 'rotated', rotated) },
      ...{ description: 'Built into the buoys.', environment: 'production', by: 'admin' },
      ...{ lifetimeDays: 180, createdAt: rotated },
    },
    load: {
      ...{ app: 'tides', name: 'Load test', description: 'For the week before the regatta.' },
      ...{ environment: 'development', by: 'admin', createdAt: at(40, 13) },
      values: { status: 'paused', pausedAt: at(12, 16) },
    },
    workshop: {
      ...{ app: 'logbook', name: 'Workshop', description: 'For participants of the autumn workshop.' },
      ...{ environment: 'development', by: 'admin', lifetimeDays: 30, createdAt: at(35, 10) },
    },
    checks: {
      ...{ app: 'logbook', name: 'Release checks', description: '', environment: 'staging' },
      ...{ by: 'admin', createdAt: at(45, 14) },
    },
    log: {
      ...{ app: 'logbook', name: 'Log sync', description: 'Runs once an hour for every boat.' },
      ...{ environment: 'production', by: 'admin', lifetimeDays: 180, createdAt: at(70, 10) },
      values: { status: 'revoked', revokedAt: leaked, exposedAt: leaked, rotatedAt: at(20, 9.6) },
    },
    logNext: {
      ...{ app: 'logbook', name: successorName('Log sync', 'replaced', leaked) },
      ...{ description: 'Runs once an hour for every boat.', environment: 'production', by: 'admin' },
      ...{ lifetimeDays: 180, createdAt: at(20, 9.6) },
      values: { allowedIps: ['198.51.100.30', '198.51.100.31'] },
    },
    mina: {
      ...{ app: 'default', name: "Mina's key", description: "A member's own key." },
      ...{ environment: 'development', by: 'member', own: 'member', createdAt: at(88, 9.5) },
    },
    noor: {
      ...{ app: 'default', name: "Noor's key", description: 'For the notebook on the bridge.' },
      ...{ environment: 'development', by: 'noor', own: 'noor', createdAt: at(79, 12) },
      values: { dailyLimit: 60 },
    },
  } as const satisfies Record<string, Spec>;
}

export type KeyName = keyof ReturnType<typeof specsOf>;
/** A key as the spool identifies it, with its key pair. */
export type Key = Pick<
  typeof credentials.$inferSelect,
  'id' | 'teamId' | 'applicationId' | 'memberId' | 'environment' | 'name' | 'keyId'
> &
  Pick<KeyPair, 'sharedKey' | 'secretKey'>;
export type Keys = Record<KeyName, Key>;

/** The apps with their connected endpoints and keys. Returns the public ID of the Harbour app. */
export async function seedKeys(
  db: Queryable,
  calendar: Calendar,
  team: Team,
): Promise<{ appId: string; keys: Keys }> {
  const apps = await seedApps(db, calendar, team);
  const specs = Object.entries(specsOf(calendar)) as [KeyName, Spec][]; // The keys of a literal.
  const keys = {} as Keys; // Filled for every name by the loop below.
  for (const [key, { app, name, description, environment, by, createdAt, ...spec }] of specs) {
    const { sharedKey, secretKey, ...stored } = mintKeyPair(environment);
    const { rotatedAt: _, ...values } = spec.values ?? {};
    const [row] = await db
      .insert(credentials)
      .values({
        ...{ ...stored, id: idAt(createdAt), teamId: team.id, applicationId: apps[app].id },
        ...{ name, description, environment, createdAt, createdBy: team.people[by].memberId },
        memberId: spec.own ? team.people[spec.own].memberId : null,
        expiresAt: spec.lifetimeDays ? new Date(createdAt.getTime() + spec.lifetimeDays * DAY_MS) : null,
        ...values,
      })
      .returning({
        ...{ id: credentials.id, teamId: credentials.teamId, applicationId: credentials.applicationId },
        ...{ memberId: credentials.memberId, environment: credentials.environment },
        ...{ name: credentials.name, keyId: credentials.keyId },
      });
    keys[key] = { ...row!, sharedKey, secretKey };
    team.trail.add({
      ...{ at: createdAt, by: team.people[by], action: 'credential.issue' },
      subject: { kind: 'credential' as const, id: stored.keyId },
      after: { name, environment },
    });
  }
  const { buoys, log } = specsOf(calendar);
  for (const [old, successor, { rotatedAt }] of [
    [keys.buoys, keys.buoysNext, buoys.values],
    [keys.log, keys.logNext, log.values],
  ] as const)
    await db
      .update(credentials)
      .set({ successorId: successor.id, rotatedAt })
      .where(and(eq(credentials.id, old.id), eq(credentials.teamId, team.id)));
  return { appId: apps.harbour.publicId, keys };
}

async function seedApps(db: Queryable, { at }: Calendar, { id: teamId, people, trail }: Team) {
  const offered = await db
    .select({ id: endpoints.id, method: endpoints.method, path: endpoints.path })
    .from(endpoints);
  const apps = {} as Record<keyof typeof APPS, { id: string; publicId: string }>; // Filled below.
  for (const [key, { title, description, day, by, connects }] of Object.entries(APPS)) {
    const app = { id: idAt(at(day)), publicId: `app_${randomBase62(16)}` };
    await db.insert(applications).values({
      ...{ ...app, teamId, title, description, isDefault: key === 'default' },
      ...{ createdBy: people[by].memberId, createdAt: at(day) },
    });
    const connected = offered.filter(
      ({ method, path }) =>
        connects === EVERYTHING || connects.some((operation) => operation === `${method} ${path}`),
    );
    await db.insert(applicationEndpoints).values(
      connected.map(({ id }) => ({
        teamId,
        applicationId: app.id,
        endpointId: id,
        connectedAt: at(day, 9.1),
      })),
    );
    apps[key as keyof typeof APPS] = app; // Its own keys.
    const subject = { kind: 'application' as const, id: app.publicId };
    if (key !== 'default')
      trail.add({ at: at(day), by: people[by], action: 'application.create', subject, after: { title } });
    const after = { added: connected.length, removed: 0 };
    trail.add({ at: at(day, 9.1), by: people[by], action: 'application.connect', subject, after });
  }
  return apps;
}
