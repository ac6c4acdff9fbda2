import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { endpoints } from '#db/schema/catalog.ts';
import type { Operation } from './document-types.ts';

const CHUNK = 500;

export const nameOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;

/** The stored endpoints of an API, removed ones included, by "METHOD /path". */
export async function readStored(tx: Queryable, apiId: string) {
  const rows = await tx
    .select({
      id: endpoints.id,
      method: endpoints.method,
      path: endpoints.path,
      routeId: endpoints.routeId,
      removedAt: endpoints.removedAt,
      operationId: endpoints.operationId,
      summary: endpoints.summary,
      description: endpoints.description,
      tag: endpoints.tag,
      deprecated: endpoints.deprecated,
      parameters: endpoints.parameters,
      requestBody: endpoints.requestBody,
      responses: endpoints.responses,
    })
    .from(endpoints)
    .where(eq(endpoints.apiId, apiId));
  return new Map(rows.map((row) => [nameOf(row), row]));
}

export type Stored = Awaited<ReturnType<typeof readStored>>;
export type StoredRow = Stored extends Map<string, infer Row> ? Row : never;

type Document = { operations: readonly Operation[]; sameRoute: ReadonlyMap<string, string> };

/** What importing the operations would change. */
export function compareOperations(stored: Stored, operations: readonly Operation[]) {
  const names = new Set(operations.map(nameOf));
  const added: Operation[] = [];
  const changed: { row: StoredRow; operation: Operation }[] = [];
  for (const operation of operations) {
    const row = stored.get(nameOf(operation));
    if (!row || row.removedAt) added.push(operation);
    else if (!sameContent(row, operation)) changed.push({ row, operation });
  }
  const removed = [...stored.values()].filter((row) => row.removedAt === null && !names.has(nameOf(row)));
  return { added, changed, removed, unchanged: operations.length - added.length - changed.length };
}

/** Stores the operations of a document. Endpoints keep their IDs; those that are gone are marked as removed. */
export async function storeOperations(tx: Queryable, apiId: string, document: Document) {
  const stored = await readStored(tx, apiId);
  const { added, changed, removed, unchanged } = compareOperations(stored, document.operations);
  const fresh = added.filter((operation) => !stored.has(nameOf(operation)));
  for (let i = 0; i < fresh.length; i += CHUNK)
    await tx
      .insert(endpoints)
      .values(fresh.slice(i, i + CHUNK).map((operation) => ({ apiId, ...operation })));
  const back = added.filter((operation) => stored.has(nameOf(operation)));
  for (const operation of [...back, ...changed.map((change) => change.operation)])
    await tx
      .update(endpoints)
      .set({ ...operation, updatedAt: new Date(), removedAt: null })
      .where(eq(endpoints.id, stored.get(nameOf(operation))!.id));
  for (let i = 0; i < removed.length; i += CHUNK)
    await tx
      .update(endpoints)
      .set({ removedAt: new Date() })
      .where(
        inArray(
          endpoints.id,
          removed.slice(i, i + CHUNK).map(({ id }) => id),
        ),
      );
  await storeRoutes(tx, apiId, document, stored);
  return {
    added: added.map(nameOf),
    changed: changed.map(({ row }) => nameOf(row)),
    removed: removed.map(nameOf),
    unchanged,
  };
}

/**
 * Operations that answer the same requests share the endpoint of one of them, which apps connect to. It stays the same
 * one as long as the document has it; after that, its connections move.
 */
async function storeRoutes(tx: Queryable, apiId: string, document: Document, before: Stored): Promise<void> {
  const groups = new Map<string, string[]>();
  for (const [name, first] of document.sameRoute)
    groups.set(first, [...(groups.get(first) ?? [first]), name]);
  const grouped = new Set([...groups.values()].flat());
  const wasGrouped = [...before.values()].some(({ routeId }) => routeId !== null);
  if (groups.size === 0 && !wasGrouped) return;
  const now = await readStored(tx, apiId);
  for (const names of groups.values()) {
    const known = names.find((name) => isRoute(before.get(name)));
    const route = now.get(known ?? names[0]!)!;
    for (const name of names)
      await setRoute(tx, now.get(name)!, name === nameOf(route) ? null : route.id, before);
  }
  for (const operation of document.operations)
    if (!grouped.has(nameOf(operation))) await setRoute(tx, now.get(nameOf(operation))!, null, before);
}

const isRoute = (row: StoredRow | undefined): boolean =>
  row !== undefined && row.removedAt === null && row.routeId === null;

async function setRoute(
  tx: Queryable,
  row: StoredRow,
  routeId: string | null,
  before: Stored,
): Promise<void> {
  const earlier = before.get(nameOf(row))?.routeId ?? null;
  if (row.routeId !== routeId) await tx.update(endpoints).set({ routeId }).where(eq(endpoints.id, row.id));
  if (routeId === null && earlier !== null) await moveConnections(tx, earlier, row.id);
  else if (routeId !== null && earlier !== routeId) await moveConnections(tx, row.id, routeId);
}

/** Apps that could call the old endpoint can call the new one. */
async function moveConnections(tx: Queryable, from: string, to: string): Promise<void> {
  await tx.execute(sql`
    insert into ${applicationEndpoints} (team_id, application_id, endpoint_id)
    select team_id, application_id, ${to} from ${applicationEndpoints} where endpoint_id = ${from}
    on conflict do nothing`);
  await tx
    .delete(applicationEndpoints)
    .where(
      and(
        eq(applicationEndpoints.endpointId, from),
        sql`exists (select 1 from ${endpoints} where ${endpoints.id} = ${from} and ${endpoints.routeId} is not null)`,
      ),
    );
}

/** jsonb doesn't preserve key order, so both sides are sorted. */
function sameContent(row: Record<string, unknown>, operation: Operation): boolean {
  return Object.entries(operation).every(([key, value]) => canonical(row[key]) === canonical(value));
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? 'null';
