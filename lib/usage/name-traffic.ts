import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { ENVIRONMENT_LABELS } from '#lib/credentials/environment-labels.ts';
import { type Environment, sharedKeyOf } from '#lib/credentials/format.ts';
import type { Dimension, Traffic, TrafficGroup, TrafficRow } from './types.ts';

type FoundTraffic = Record<Dimension, { rows: TrafficGroup[]; count: number } | null>;
type Name = Pick<TrafficRow, 'value' | 'name' | 'note'>;

/** Looks up the names of traffic groups. Members, apps and keys are only looked up within the team. */
export async function nameTraffic(db: Queryable, member: Member, found: FoundTraffic): Promise<Traffic> {
  const ids = (dimension: Dimension) => (found[dimension]?.rows ?? []).flatMap(({ id }) => id ?? []);
  const [byEndpoint, byApp, byKey, byMember] = await Promise.all([
    nameEndpoints(db, ids('endpoint')),
    nameApps(db, member, ids('app')),
    nameKeys(db, member, ids('key')),
    nameMembers(db, member, ids('member')),
  ]);
  const named = (dimension: Dimension, nameOf: (id: string) => Name | undefined, none: string) => {
    const of = found[dimension];
    if (!of) return null;
    const rows = of.rows.map(({ id, ...sums }): TrafficRow => {
      const name = id === null ? { value: 'none', name: none, note: null } : nameOf(id);
      return { ...(name ?? { value: id!, name: id!, note: null }), ...sums }; // `name` is missing only if there is an id.
    });
    return { rows, count: of.count };
  };
  return {
    endpoint: named('endpoint', (id) => byEndpoint.get(id), 'Unknown endpoint'),
    app: named('app', (id) => byApp.get(id), ''),
    key: named('key', (id) => byKey.get(id), ''),
    member: named('member', (id) => byMember.get(id), 'App keys'),
    environment: named(
      'environment',
      (id) => ({ value: id, name: ENVIRONMENT_LABELS[id as Environment] ?? id, note: null }),
      '',
    ),
    ip: named('ip', (id) => ({ value: id, name: id || 'Unknown', note: null }), ''),
  };
}

const byId = <T extends { id: string }>(rows: readonly T[], nameOf: (row: T) => Name) =>
  new Map(rows.map((row) => [row.id, nameOf(row)]));

async function nameEndpoints(db: Queryable, ids: string[]) {
  if (ids.length === 0) return new Map<string, Name>();
  const rows = await db
    .select({ id: endpoints.id, method: endpoints.method, path: endpoints.path, api: apis.slug })
    .from(endpoints)
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(inArray(endpoints.id, ids));
  return byId(rows, (row) => ({ value: row.id, name: `/${row.api}${row.path}`, note: row.method }));
}

async function nameApps(db: Queryable, { teamId }: Member, ids: string[]) {
  if (ids.length === 0) return new Map<string, Name>();
  const rows = await db
    .select({ id: applications.id, publicId: applications.publicId, title: applications.title })
    .from(applications)
    .where(and(eq(applications.teamId, teamId), inArray(applications.id, ids)));
  return byId(rows, (row) => ({ value: row.publicId, name: row.title, note: null }));
}

async function nameKeys(db: Queryable, { teamId }: Member, ids: string[]) {
  if (ids.length === 0) return new Map<string, Name>();
  const { id, keyId, name, environment } = credentials;
  const rows = await db
    .select({ id, keyId, name, environment })
    .from(credentials)
    .where(and(eq(credentials.teamId, teamId), inArray(id, ids)));
  return byId(rows, (row) => ({
    value: row.keyId,
    name: row.name,
    note: sharedKeyOf(row.environment, row.keyId),
  }));
}

async function nameMembers(db: Queryable, { teamId }: Member, ids: string[]) {
  if (ids.length === 0) return new Map<string, Name>();
  const rows = await db
    .select({ id: members.id, name: users.name, email: users.email })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.teamId, teamId), inArray(members.id, ids)));
  return byId(rows, (row) => ({ value: row.id, name: row.name, note: row.email }));
}
