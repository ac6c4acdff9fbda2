import { eq } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { apis } from '#db/schema/catalog.ts';
import { slot } from '#lib/process/slot.ts';
import { isObject, type Json } from './json-value.ts';
import { parseDocument } from './parse-document.ts';

/** Large documents take seconds to parse and megabytes of memory, so only a few are cached. */
const KEPT_MAX = 4;

type Kept = { updatedAt: number; root: Promise<Json> };

/** An API's parsed OpenAPI document, cached until the next import. Empty if it can't be parsed. */
export function openDocument(db: Queryable, api: { id: string; updatedAt: Date }): Promise<Json> {
  const cache = slot('documents', () => new Map<string, Kept>());
  const known = cache.get(api.id);
  const updatedAt = api.updatedAt.getTime();
  const root = known?.updatedAt === updatedAt ? known.root : load(db, api.id);
  cache.delete(api.id); // Moves it to the end: the least recently used one is dropped.
  cache.set(api.id, { updatedAt, root });
  if (cache.size > KEPT_MAX) cache.delete(cache.keys().next().value!);
  root.catch(() => cache.delete(api.id));
  return root;
}

async function load(db: Queryable, id: string): Promise<Json> {
  const [row] = await db.select({ document: apis.document }).from(apis).where(eq(apis.id, id));
  const parsed = parseDocument(row?.document ?? '');
  return parsed.ok && isObject(parsed.value) ? parsed.value : {};
}
