import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import type { User } from '#lib/access/member.ts';
import { filterText } from '#lib/access/text.ts';
import { operationKey } from './operation-key.ts';

/** APIs with more operations show a search and their tags instead of all operations. */
export const OPERATIONS_MAX = 100;
/** The higher limit for a selected tag. */
const OF_TAG_MAX = 250;

/** The query of a docs page. Invalid values count as absent. */
export const OperationFilter = z.object({
  q: filterText(200).optional().catch(undefined),
  /** '' for operations without a tag. */
  tag: z.string().max(100).optional().catch(undefined),
});

export type ListedOperation = {
  key: string;
  method: string;
  path: string;
  summary: string;
  tag: string;
  deprecated: boolean;
};

const unique = sql<boolean>`count(*) over (partition by ${endpoints.apiId}, ${endpoints.operationId}) = 1`;

/** An API for its docs page: its tags, and the operations selected by a search, a tag or by default. Null if not found. */
export async function readApiDocs(
  { db }: { db: Queryable; user: User },
  { slug, filter }: { slug: string; filter: z.output<typeof OperationFilter> },
) {
  const [api] = await db
    .select({
      id: apis.id,
      slug: apis.slug,
      title: apis.title,
      version: apis.version,
      description: apis.description,
      keyMethod: apis.keyMethod,
      keyHeader: apis.keyHeader,
    })
    .from(apis)
    .where(and(eq(apis.slug, slug), isNull(apis.removedAt)));
  if (!api) return null;
  const rows = await db
    .select({
      id: endpoints.id,
      operationId: endpoints.operationId,
      unique,
      method: endpoints.method,
      path: endpoints.path,
      summary: endpoints.summary,
      tag: endpoints.tag,
      deprecated: endpoints.deprecated,
    })
    .from(endpoints)
    .where(and(eq(endpoints.apiId, api.id), isNull(endpoints.removedAt)))
    .orderBy(asc(endpoints.path), asc(endpoints.method));

  const tags = [...Map.groupBy(rows, (row) => row.tag)]
    .map(([name, list]) => ({ name, operations: list.length }))
    .sort((a, b) => Number(a.name === '') - Number(b.name === '') || byName.compare(a.name, b.name));
  const words = (filter.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const isFiltered = words.length > 0 || filter.tag !== undefined;
  const found = rows.filter((row) => {
    if (filter.tag !== undefined && row.tag !== filter.tag) return false;
    const text = `${row.method} ${row.path} ${row.summary} ${row.operationId ?? ''} ${row.tag}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const fits = isFiltered || rows.length <= OPERATIONS_MAX;
  const rank = new Map(tags.map(({ name }, i) => [name, i]));
  const operations = (fits ? found : [])
    .slice(0, filter.tag === undefined ? OPERATIONS_MAX : OF_TAG_MAX)
    .toSorted((a, b) => (rank.get(a.tag) ?? 0) - (rank.get(b.tag) ?? 0))
    .map(
      (row): ListedOperation => ({
        key: operationKey(row),
        method: row.method,
        path: row.path,
        summary: row.summary,
        tag: row.tag,
        deprecated: row.deprecated,
      }),
    );
  const { id: _, ...shown } = api;
  return { ...shown, total: rows.length, found: found.length, tags, operations, complete: fits };
}

/** "Section 2" before "Section 10". */
const byName = new Intl.Collator('en', { numeric: true });

export type ApiDocs = NonNullable<Awaited<ReturnType<typeof readApiDocs>>>;
