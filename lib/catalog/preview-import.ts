import { and, eq, gte, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { apis } from '#db/schema/catalog.ts';
import { teams } from '#db/schema/teams.ts';
import { usageDays } from '#db/schema/usage.ts';
import type { Operator } from '#lib/access/operator.ts';
import { breakingChanges } from './breaking-changes.ts';
import type { Note, Problem, Skipped } from './document-types.ts';
import { type ImportInput, prepareImport } from './import-document.ts';
import { compareOperations, nameOf, readStored } from './store-operations.ts';

/** An app that can call an endpoint, and how often it did. */
export type Caller = { team: string; app: string; requests: number };

export type ImportPreview = {
  slug: string;
  title: string;
  /** Whether the import updates an API. */
  exists: boolean;
  added: string[];
  changed: { name: string; breaking: string[] }[];
  removed: { name: string; callers: Caller[] }[];
  unchanged: number;
  skipped: Skipped[];
  notes: Note[];
};

type Previewed = { ok: true; preview: ImportPreview } | { ok: false; problems: Problem[] };

const DAYS = 30;
const DAY_MS = 86_400_000;

/** What an import would change, and who calls what it would remove. Changes nothing. */
export async function previewImport(
  context: { db: Queryable; operator: Operator | 'operator'; allowPrivateUpstreams: boolean },
  input: ImportInput,
  now = new Date(),
): Promise<Previewed> {
  const prepared = await prepareImport(context, input);
  if (!prepared.ok) return prepared;
  const { slug, read } = prepared;
  const [api] = await context.db
    .select({ id: apis.id, removedAt: apis.removedAt })
    .from(apis)
    .where(eq(apis.slug, slug));
  const stored = api ? await readStored(context.db, api.id) : new Map();
  const { added, changed, removed, unchanged } = compareOperations(stored, read.document.operations);
  const callers = await readCallers(
    context.db,
    removed.map(({ id }) => id),
    now,
  );
  return {
    ok: true,
    preview: {
      slug,
      title: read.document.title,
      exists: api !== undefined && api.removedAt === null,
      added: added.map(nameOf),
      changed: changed.map(({ row, operation }) => ({
        name: nameOf(row),
        breaking: breakingChanges(row, operation),
      })),
      removed: removed.map((row) => ({ name: nameOf(row), callers: callers.get(row.id) ?? [] })),
      unchanged,
      skipped: read.skipped,
      notes: read.notes,
    },
  };
}

/** Apps that called one of the endpoints in the last 30 days, or are connected to it. The busiest first. */
async function readCallers(db: Queryable, ids: string[], now: Date): Promise<Map<string, Caller[]>> {
  if (ids.length === 0) return new Map();
  const since = new Date(now.getTime() - DAYS * DAY_MS);
  const used = await db
    .select({
      endpointId: usageDays.endpointId,
      applicationId: usageDays.applicationId,
      requests: sql<number>`sum(${usageDays.calls})::int`,
    })
    .from(usageDays)
    .where(and(inArray(usageDays.endpointId, ids), gte(usageDays.bucket, since)))
    .groupBy(usageDays.endpointId, usageDays.applicationId);
  const connected = await db
    .select({
      endpointId: applicationEndpoints.endpointId,
      applicationId: applicationEndpoints.applicationId,
    })
    .from(applicationEndpoints)
    .where(inArray(applicationEndpoints.endpointId, ids));
  const requests = new Map(
    connected.map((one) => [`${one.endpointId} ${one.applicationId}`, { ...one, requests: 0 }]),
  );
  for (const { endpointId, ...one } of used)
    if (endpointId) requests.set(`${endpointId} ${one.applicationId}`, { endpointId, ...one });
  const names = await nameApps(db, [...new Set([...requests.values()].map((one) => one.applicationId))]);
  const found = [...requests.values()].flatMap(({ endpointId, applicationId, requests: count }) => {
    const name = names.get(applicationId);
    return name ? [{ endpointId, caller: { ...name, requests: count } }] : [];
  });
  found.sort((a, b) => b.caller.requests - a.caller.requests);
  return new Map(
    [...Map.groupBy(found, ({ endpointId }) => endpointId)].map(([id, list]) => [
      id,
      list.map(({ caller }) => caller),
    ]),
  );
}

async function nameApps(db: Queryable, ids: string[]) {
  if (ids.length === 0) return new Map<string, { team: string; app: string }>();
  const rows = await db
    .select({ id: applications.id, app: applications.title, team: teams.name })
    .from(applications)
    .innerJoin(teams, eq(teams.id, applications.teamId))
    .where(inArray(applications.id, ids));
  return new Map(rows.map(({ id, ...name }) => [id, name]));
}
